import Queuert
import QueuertSQLite

enum ExportTable: EntryJobType {
    static let name = "export-table"
    typealias Input = String
    typealias Output = Int
}
/// Waits for exports.
enum SendExports: EntryJobType {
    static let name = "send-exports"
    typealias Input = String
    typealias Output = Int
    typealias Blockers = BlockedByAll<ExportTable>
}

enum Exports {
    static let processors: [Processor<SQLiteStateAdapter>] = [
        .detached(ExportTable.self) { job in .finish(job.input.count) },
        .detached(SendExports.self) { job in .finish(job.blockers.reduce(0, +)) },
    ]

    /// The types and inputs of all chains, the oldest first.
    ///
    /// Lists come in pages.
    static func allChains(_ client: Client<SQLiteStateAdapter>) async throws -> [String] {
        var found: [String] = []
        var query = ChainQuery(order: .oldestFirst, limit: 2)
        repeat {
            let page = try await client.chains(query)
            found += page.items.map { "\($0.first.typeName) \($0.first.input)" }
            query.after = page.next
        } while query.after != nil
        return found
    }
}
