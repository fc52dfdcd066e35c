#if CommandLine
import Queuert
import Testing

@Suite("The command `why`", .serialized, .timeLimit(.minutes(20))) struct WhyCommandTests {
    private func why(_ id: JobID, _ queue: any QueueUnderTest) async throws -> JSONReading {
        let run = await queue.command("why", id.rawValue, "--json")
        #expect(run.status == 0, "\(run.errors)")
        #expect(!run.output.contains("secret"))
        let text = await queue.command("why", id.rawValue)
        let json = try run.json
        // Relative times may differ by a second between the two.
        let words = try #require(json["why"]["sentence"].text).split(separator: "(")[0]
        #expect(text.output.hasPrefix(words), "\(text.output)")
        #expect(!text.output.contains("secret"))
        return json
    }

    @Test("tells of a job that waits for a worker, and whether there seems to be one", arguments: DatabaseKind.allCases)
    func ready(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(600)) { queue in
            let other = try await queue.start()
            let job = try await queue.start()
            let alone = try await why(job, queue)
            #expect(alone["why"]["reason"].text == "noWorker")
            #expect(alone["why"]["sentence"].text?.contains("no worker runs any job of its type; 1 other") == true)
            #expect(alone["job"]["status"].text == "ready")

            let claimed = try await queue.claim()
            let waiting = claimed.id == job ? other : job
            #expect(try await why(waiting, queue)["why"]["reason"].text == "waitingForWorker")
            try await queue.run { try $0.setPaused(["import"], to: true) }
            #expect(try await why(waiting, queue)["why"]["reason"].text == "typePaused")
        }
    }

    @Test("tells of a job that runs, by whom and until when", arguments: DatabaseKind.allCases)
    func running(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(600)) { queue in
            let trace = JobTraceColumns(
                chainContext: "00-\(Traces.job)-00f067aa0ba902b7-01", jobContext: "00-\(Traces.job)-00f067aa0ba902b7-01"
            )
            let job = try await queue.start(trace: trace)
            try await queue.claim()
            let json = try await why(job, queue)
            #expect(json["why"]["reason"].text == "running")
            #expect(json["job"]["worker"].text == "worker-1")
            #expect(json["job"]["leasedUntil"].text != nil)
            #expect(json["job"]["attempts"].number == 1)
            #expect(json["traceIDs"]["job"].text == Traces.job)
            #expect(json["traceIDs"]["chain"].text == Traces.job)
            #expect(json["traceIDs"]["attempt"].isNull)
            let text = await queue.command("why", job.rawValue).output
            #expect(text.contains(Traces.job) && text.contains("worker-1, until 20"))
        }
    }

    @Test("tells of a worker that is gone", arguments: DatabaseKind.allCases)
    func leaseExpired(_ kind: DatabaseKind) async throws {
        try await withQueue(kind, age: .seconds(600)) { queue in
            let job = try await queue.start()
            try await queue.claim(for: .seconds(30))
            let json = try await why(job, queue)
            #expect(json["why"]["reason"].text == "leaseExpired")
            #expect(json["why"]["sentence"].text?.contains("Worker worker-1 had it and is gone or stuck") == true)
        }
    }

    @Test("tells what a job waits for", arguments: DatabaseKind.allCases)
    func blocked(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let ended = try await queue.startCompleted()
            let open = try await queue.start()
            let job = try await queue.start("report", waitingFor: [ended, open])
            let json = try await why(job, queue)
            #expect(json["why"]["reason"].text == "blocked")
            #expect(
                json["why"]["sentence"].text
                    == "It waits for 1 of 2 chains: chain \(open) (import), which is ready.")
            #expect(json["blockers"].items.map { $0["chainID"].text } == [ended.rawValue, open.rawValue])
            #expect(json["blockers"].items.map { $0["status"].text } == ["completed", "ready"])
            #expect(json["blockers"][0]["resolvedAt"].text != nil)
            #expect(json["blockers"][1]["resolvedAt"].isNull)

            try await queue.settle(try await queue.claim(), .failed(error: Secrets.error, .failed))
            let dead = try await why(job, queue)
            #expect(dead["why"]["reason"].text == "blockedForEver")
            #expect(dead["why"]["hint"].text?.contains("queuert redrive \(open)") == true)
        }
    }

    @Test("tells of backoffs, of attempts and of their errors on request", arguments: DatabaseKind.allCases)
    func backingOff(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let job = try await queue.start()
            let retry = Settlement.Outcome.retried(.after(.seconds(3_600)), error: Secrets.error, .failed)
            try await queue.settle(try await queue.claim(), retry)
            let json = try await why(job, queue)
            #expect(json["why"]["reason"].text == "backingOff")
            #expect(json["why"]["hint"].text == "To run it now: queuert trigger \(job)")
            #expect(json["failedAttempts"][0]["outcome"].text == "failed")
            #expect(json["failedAttempts"][0]["worker"].text == "worker-1")
            #expect(json["failedAttempts"][0]["traceID"].text == Traces.attempt)
            #expect(json["traceIDs"]["attempt"].text == Traces.attempt)
            let shown = await queue.command("why", job.rawValue, "--json", "--show-data")
            #expect(try shown.json["failedAttempts"][0]["error"].text == Secrets.error)
            #expect(try shown.json["job"]["input"].text == Secrets.input)
            let text = await queue.command("why", job.rawValue, "--show-data").output
            #expect(text.contains(Secrets.error) && text.contains(Secrets.input) && text.contains(Traces.attempt))
        }
    }

    @Test("tells of what is due later, and of what a handler put off", arguments: DatabaseKind.allCases)
    func scheduled(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let later = try await queue.start("export", due: .after(.seconds(3_600)))
            #expect(try await why(later, queue)["why"]["reason"].text == "scheduled")
            let put = try await queue.start()
            let outcome = Settlement.Outcome.retried(.after(.seconds(3_600)), error: Secrets.error, .rescheduled)
            try await queue.settle(try await queue.claim(), outcome)
            #expect(try await why(put, queue)["why"]["reason"].text == "rescheduled")
        }
    }

    @Test("tells of a job that is in line, though by the clock it is due later", arguments: DatabaseKind.allCases)
    func clockSetBack(_ kind: DatabaseKind) async throws {
        // The clock by which it was put in line was an hour ahead.
        try await withQueue(kind, age: .seconds(-3_600)) { queue in
            let ready = try await queue.start()
            let later = try await queue.start("export", due: .after(.seconds(3_600)))
            let blocked = try await queue.start("report", waitingFor: [ready])
            let json = try await why(ready, queue)
            #expect(json["why"]["reason"].text == "noWorker")
            #expect(json["why"]["sentence"].text?.contains(" by a clock that was ahead, and no worker") == true)
            #expect(json["job"]["status"].text == "ready")
            #expect(json["chain"]["status"].text == "ready")
            #expect(try await why(later, queue)["why"]["reason"].text == "scheduled")
            #expect(try await why(blocked, queue)["blockers"][0]["status"].text == "ready")
        }
    }

    @Test("tells of what has ended", arguments: DatabaseKind.allCases)
    func ended(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let completed = try await queue.startCompleted()
            #expect(
                try await why(completed, queue)["why"]["sentence"].text?.hasPrefix("Worker worker-1 completed it at ")
                    == true)
            let failed = try await queue.startFailed()
            let json = try await why(failed, queue)
            #expect(json["why"]["reason"].text == "failed")
            #expect(json["why"]["hint"].text?.contains("queuert redrive \(failed)") == true)
            let cancelled = try await queue.start()
            _ = try await queue.run { try $0.cancelChains([cancelled], dependants: .cancel) }
            #expect(try await why(cancelled, queue)["why"]["reason"].text == "cancelled")
        }
    }

    @Test("tells of a chain where it is", arguments: DatabaseKind.allCases)
    func continued(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let chain = try await queue.start()
            let next = UUIDv7Generator().makeJobID(at: queue.clock.now)
            let job = NewJob(
                id: next, typeName: "store", chainID: chain, chainTypeName: "import", chainIndex: 1,
                input: Secrets.input)
            try await queue.settle(try await queue.claim(), .continued(job))
            let json = try await why(chain, queue)
            #expect(json["why"]["reason"].text == "noWorker")
            #expect(
                json["why"]["sentence"].text?.hasPrefix("The job is done, and its chain is at job \(next) (store)")
                    == true)
            #expect(json["job"]["successorID"].text == next.rawValue)
            #expect(json["chain"]["jobs"].number == 2)
            #expect(try await why(next, queue)["why"]["reason"].text == "noWorker")
        }
    }

    @Test("says that there is no such job", arguments: DatabaseKind.allCases)
    func noJob(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            let run = await queue.command("why", "nobody")
            #expect(run.status == 1)
            #expect(run.errors.contains("There is no job nobody."))
            #expect(run.output.isEmpty)
        }
    }
}
#endif
