import Queuert
import QueuertSQLite

extension Expenses {
    /// Three expenses: one that is approved, one that is refused, and one that nobody looks at.
    static func run(_ client: Client<SQLiteStateAdapter>, clock: ManualClock) async throws -> [String] {
        var lines: [String] = []
        let approved = try await submit("Bob", cents: 80_000, to: client)
        try await approve(approved, by: "Zoe", client: client)
        lines.append("Bob's expense: \(try await client.awaitJobChain(approved).output)")

        let refused = try await submit("Cem", cents: 99_900, to: client)
        try await refuse(refused, by: "Zoe", client: client)
        lines.append("Cem's expense: \(try await client.awaitJobChain(refused).output)")
        do {
            try await approve(refused, by: "Yan", client: client)
        } catch let error as JobStatusError {
            lines.append("Yan comes too late to approve it: the job is \(error.status)")
        }

        let forgotten = try await submit("Dee", cents: 5_000, to: client)
        clock.advance(by: deadline)
        // Time that is moved by hand wakes nobody by itself.
        client.notify.send(WakeHint(dueTypes: [ApproveExpense.name]))
        lines.append("Dee's expense: \(try await client.awaitJobChain(forgotten).output)")
        return lines
    }
}
