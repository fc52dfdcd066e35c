import Queuert
import QueuertSQLite

extension Exports {
    static func run(_ client: Client<SQLiteStateAdapter>, clock: ManualClock) async throws -> [String] {
        var lines: [String] = []
        func tell(_ what: String) async throws {
            let chains = try await allChains(client)
            lines.append("\(what): \(chains.isEmpty ? "nothing" : chains.joined(separator: ", "))")
        }

        // One export is sent later, together with one that is due in sixty days.
        let orders = try await client.startJobChain(ExportTable.self, input: "orders")
        let users = try await client.startJobChain(ExportTable.self, input: "users")
        let audit = try await client.startJobChain(
            ExportTable.self, input: "audit", schedule: .after(.seconds(60 * 86_400)))
        let sending = try await client.startJobChain(SendExports.self, input: "auditor", blockers: [users, audit])
        let mistake = try await client.startJobChain(
            ExportTable.self, input: "mistake", schedule: .after(.seconds(3_600)))
        _ = try await client.awaitJobChain(orders)
        _ = try await client.awaitJobChain(users)

        // Cancelled: it ends without an output, and is kept for whoever wants to know.
        try await client.cancelJobChain(mistake)
        try await tell("at first")

        // A month later. What a waiting job still needs is kept, however old.
        clock.advance(by: .seconds(31 * 86_400))
        let cleaning = try await client.startJobChain(CleanUp.self, input: 30)
        let count = try await client.awaitJobChain(cleaning).output
        try await tell("\(count) were cleaned up")

        // Deleting is refused while somebody needs the chain.
        do {
            try await client.deleteJobChains([users.id])
        } catch is ChainHasDependantsError {
            lines.append("the export of users can't be deleted: a chain waits that needs it")
        }

        // Deleted with all that it waited for.
        try await client.deleteJobChains([sending.id], cascade: true)
        try await tell("after deleting the sending and what it waited for")
        return lines
    }
}
