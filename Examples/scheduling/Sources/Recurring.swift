import Foundation
import Queuert
import QueuertSQLite

/// Closes a branch's day, when the clock there says eight in the evening.
enum CloseDay: EntryJobType {
    static let name = "close-day"
    struct Settings: Codable, Sendable { var branch: String }
    /// Holds the time that the chain runs for, which may be over for a while.
    typealias Input = Occurrence<Settings>
    typealias Output = String
}

extension Shop {
    /// Work that recurs: each occurrence is a chain of its own.
    static func runEachDay(_ client: Client<SQLiteStateAdapter>, clock: ManualClock) async throws -> [String] {
        let (closings, continuation) = AsyncStream<Chain<CloseDay>>.makeStream()
        let worker = try Worker(
            client: client,
            processors: [
                // Starts the chains, each exactly once, of however many workers have this processor.
                .recurrences(of: client),
                .detached(CloseDay.self) { job in
                    let time = Date(timeIntervalSince1970: Double(job.input.time.microseconds) / 1_000_000)
                    continuation.yield(Chain(id: job.chainID))
                    return .finish("\(job.input.payload.branch) closed at \(time.formatted(.iso8601))")
                },
            ])
        async let working: Void = worker.run()
        // As each process does when it starts. It recurs once.
        for _ in 1...2 {
            try await client.startRecurring(
                "close-day-in-oslo", CloseDay.self, payload: .init(branch: "Oslo"),
                .cron("0 20 * * *", timeZone: "Europe/Oslo"))
        }
        var lines: [String] = []
        var iterator = closings.makeAsyncIterator()
        for _ in 1...2 {
            clock.advance(by: .seconds(86_400))
            client.notify.send(WakeHint(dueTypes: [CloseDay.name]))
            guard let closing = await iterator.next() else { break }
            // As long as this chain is open, the next occurrence would be left out.
            lines.append("each day: \(try await client.awaitJobChain(closing).output)")
        }
        try await client.stopRecurring("close-day-in-oslo")
        lines.append("after stopping, what recurs: \(try await client.recurringWork().count)")
        await worker.stop()
        await working
        return lines
    }
}
