import Queuert

extension StateConformance {
    var completionCases: [ConformanceCase] {
        [
            test("a completed job ends its chain") { scenario in
                let trace = JobTraceColumns(chainContext: "c", jobContext: "start")
                let claimed = try await scenario.startClaimed(trace: trace)
                let createdAt = scenario.now
                scenario.clock.advance(by: .seconds(3))
                let settled = try await scenario.settle(
                    claimed, .completed(output: #""done""#), worker: "w2", context: "attempt")
                try expect(settled.at, equals: scenario.now, "the time of the settlement")
                try expect(
                    settled.chainStart, equals: ChainStart(createdAt: createdAt, context: "start"), "the chain's start")
                try expect(settled.resolved, equals: [], "the resolved waits")
                try expect(settled.successor, equals: nil, "the job that follows")
                try expect(settled.scheduledAt, equals: nil, "the time at which the job is due again")
                var expected = claimed
                expected.output = #""done""#
                expected.completedAt = scenario.now
                expected.completedBy = "w2"
                expected.leasedBy = nil
                expected.leasedUntil = nil
                expected.trace.attemptContext = "attempt"
                try expect(try await scenario.row(claimed.id), equals: expected, "the stored row")
                try expect(expected.status(at: scenario.now), equals: .completed, "the status")
            },
            test("the chain's start is the first job's, whichever job ends the chain") { scenario in
                let first = try await scenario.startClaimed(trace: JobTraceColumns(jobContext: "start"))
                let createdAt = scenario.now
                scenario.clock.advance(by: .seconds(3))
                let next = scenario.successor(of: first, trace: JobTraceColumns(jobContext: "second"))
                try await scenario.settle(first, .continued(next))
                let settled = try await scenario.settle(
                    try await scenario.claimOnly("next").row, .completed(output: "1"))
                try expect(
                    settled.chainStart, equals: ChainStart(createdAt: createdAt, context: "start"), "the chain's start")
            },
            test("a job that succeeds keeps no error, and its failed attempts stay on record") { scenario in
                let first = try await scenario.startClaimed()
                try await scenario.settle(first, .retried(.now, error: "no", .failed))
                let second = try await scenario.claimOnly().row
                try expect(second.lastAttemptError, equals: "no", "the error while the job runs again")
                try await scenario.settle(second, .completed(output: "1"))
                try expect(try await scenario.row(first.id).lastAttemptError, equals: nil, "the error after success")
                try expect(try await scenario.row(first.id).attempt, equals: 2, "the number of attempts")
                let attempts = try await scenario.failedAttempts(first.id)
                try expect(attempts.map(\.error), equals: ["no"], "the errors on record")
            },
            test("several attempts are settled in one call, with results in order") { scenario in
                let rows = [
                    try await scenario.startClaimed(), try await scenario.startClaimed(),
                    try await scenario.startClaimed(),
                ]
                let next = scenario.successor(of: rows[2])
                let results = try await scenario.settle([
                    scenario.settlement(rows[1], .retried(.after(.seconds(5)), error: "no", .failed)),
                    scenario.settlement(rows[2], .continued(next)),
                    scenario.settlement(rows[0], .completed(output: "1")),
                ])
                try expect(
                    try results[0].settled().scheduledAt, equals: scenario.now + .seconds(5), "the first one's due time"
                )
                try expect(try results[1].settled().successor?.id, equals: next.id, "the second one's successor")
                try expect(try results[2].settled().chainStart != nil, "the third one ended a chain")
                try expect(try await scenario.settle([]).count, equals: 0, "the number of results of none")
            },
        ]
    }

    var continuationCases: [ConformanceCase] {
        [
            test("a continued job is over and followed by a job of the same chain") { scenario in
                let claimed = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(3))
                let next = scenario.successor(
                    of: claimed, input: "[2]", schedule: .after(.seconds(4)),
                    trace: JobTraceColumns(chainContext: "c", jobContext: "j", carrier: "b", segment: "s"))
                let settled = try await scenario.settle(claimed, .continued(next), context: "attempt")
                let expected = JobRow(
                    id: next.id, typeName: "next", chainID: claimed.id, chainTypeName: "job", chainIndex: 1,
                    input: "[2]", createdAt: scenario.now, scheduledAt: scenario.now + .seconds(4),
                    readyAt: scenario.now, hasOpenBlockers: false, trace: next.trace)
                try expect(settled.successor, equals: expected, "the job that follows")
                try expect(settled.chainStart, equals: nil, "the start of the chain, which has not ended")
                let rows = try await scenario.read { try $0.jobs(ofChain: claimed.id) }
                var continued = claimed
                continued.successorID = next.id
                continued.completedAt = scenario.now
                continued.completedBy = "worker"
                continued.leasedBy = nil
                continued.leasedUntil = nil
                continued.trace.attemptContext = "attempt"
                try expect(rows, equals: [continued, expected], "the jobs of the chain")
                try expect(continued.status(at: scenario.now), equals: .continued, "the status")
            },
            test("a job that follows is claimed when it is due, and may continue in turn") { scenario in
                var row = try await scenario.startClaimed()
                for index in 1...4 {
                    let next = scenario.successor(of: row, "step-\(index)", schedule: .after(.seconds(1)))
                    try await scenario.settle(row, .continued(next))
                    let early = try await scenario.claim(["step-\(index)"])
                    try expect(early.jobs.count, equals: 0, "the number of jobs before the due time")
                    scenario.clock.advance(by: .seconds(1))
                    row = try await scenario.claimOnly("step-\(index)").row
                    try expect(row.chainIndex, equals: index, "the job's place in its chain")
                }
                try await scenario.settle(row, .completed(output: "1"))
                let chainID = row.chainID
                let rows = try await scenario.read { try $0.jobs(ofChain: chainID) }
                try expect(rows.map(\.chainIndex), equals: [0, 1, 2, 3, 4], "the places of the chain's jobs")
                try expect(rows.map(\.successorID), equals: rows.dropFirst().map(\.id) + [nil], "the successors")
            },
            test("a job that follows may wait for chains") { scenario in
                let open = try await scenario.startClaimed("open")
                let row = try await scenario.startClaimed()
                let settled = try await scenario.settle(
                    row, .continued(scenario.successor(of: row, blockers: [open.chainID])))
                try expect(settled.successor?.hasOpenBlockers, equals: true, "whether the job that follows is blocked")
                try expect(try await scenario.claim(["next"]).jobs.count, equals: 0, "the number of jobs to claim")
                try await scenario.settle(open, .completed(output: "8"))
                let outputs = try await scenario.claimOnly("next").blockers.map(\.output)
                try expect(outputs, equals: ["8"], "the blockers' outputs")
            },
            test("a job that follows and waits for a chain that doesn't exist undoes the settlement") { scenario in
                let row = try await scenario.startClaimed()
                let unknown = scenario.makeID()
                let error = try await expectError(ChainNotFoundError.self, "an unknown blocker") {
                    try await scenario.settle(
                        row, .continued(scenario.successor(of: row, blockers: [unknown])))
                }
                try expect(error.chainID, equals: unknown, "the chain that the error names")
                let rows = try await scenario.read { try $0.jobs(ofChain: row.chainID) }
                try expect(rows, equals: [row], "the jobs of the chain")
                try await scenario.settle(row, .completed(output: "1"))
            },
        ]
    }
}
