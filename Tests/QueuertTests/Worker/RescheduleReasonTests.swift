import Testing

@testable import Queuert

@Suite("Reasons for which jobs are put off", .timeLimit(.minutes(20))) struct RescheduleReasonTests {
    enum Visit: EntryJobType {
        static let name = "visit"
        typealias Input = Int
        typealias Output = String
    }
    /// An error whose text looks like a stored reason.
    private struct Misleading: Error, CustomDebugStringConvertible {
        var debugDescription: String { "rescheduled: not really" }
    }

    private let client = Client(adapter: MemoryStateAdapter())

    /// Runs a worker that puts a job off once, while a body runs.
    private func working(puttingOff schedule: Schedule, _ body: () async throws -> Void) async throws {
        let worker = try Worker(
            client: client,
            processors: [
                .detached(Visit.self) { job in
                    if job.attempt == 1 { throw RescheduleJob(schedule, reason: "the bank is closed") }
                    return .finish(job.lastError ?? "no error")
                }
            ])
        async let running: Void = worker.run()
        try await body()
        await worker.stop()
        await running
    }

    @Test("a reason comes back as it was given, to the next attempt and to who reads the record")
    func nextAttempt() async throws {
        let chain = try await client.startJobChain(Visit.self, input: 1)
        try await working(puttingOff: .now) {
            let output = try await client.awaitJobChain(chain).output
            #expect(output == "the bank is closed")
        }
        let record = try await client.failedAttempts(ofJob: chain.id)
        #expect(record.map(\.error) == ["the bank is closed"])
        #expect(record.map(\.outcome) == [.rescheduled])
        #expect(try await client.failedAttempts(ofJob: chain.id, limit: 1) == record)
    }

    @Test("who completes a job without a worker is told the reason for which it was put off")
    func withoutWorker() async throws {
        let chain = try await client.startJobChain(Visit.self, input: 1)
        try await working(puttingOff: .after(.seconds(3_600))) {
            while try await client.failedAttempts(ofJob: chain.id).isEmpty { await Task.yield() }
        }
        try await client.completeJob(Visit.self, of: chain) { .finish($0.lastError ?? "no error") }
        #expect(try await client.awaitJobChain(chain).output == "the bank is closed")
    }

    @Test("a row tells whether the last attempt failed, whatever the reason or the error looks like")
    func lastAttemptFailed() {
        func makeRow(_ text: String?) -> JobRow {
            let (id, now) = (JobID(rawValue: "job"), Timestamp(microseconds: 1_893_456_000_000_000))
            return JobRow(
                id: id, typeName: "visit", chainID: id, chainTypeName: "visit", chainIndex: 0, input: "1",
                createdAt: now, scheduledAt: now, readyAt: now, attempt: 2, lastAttemptAt: now, lastAttemptError: text,
                hasOpenBlockers: false)
        }
        #expect(!makeRow(nil).lastAttemptFailed)
        #expect(makeRow(nil).lastError == nil)
        for reason in ["the bank is closed", "", "\u{301}", "rescheduled: again"] {
            let row = makeRow(AttemptText.reason(reason))
            #expect(!row.lastAttemptFailed)
            #expect(row.lastError == reason)
        }
        for text in [AttemptText.error(Misleading()), "worker_lost: the lease of worker w ran out", "", "rescheduled"] {
            let row = makeRow(text)
            #expect(row.lastAttemptFailed)
            #expect(row.lastError == text)
        }
    }
}
