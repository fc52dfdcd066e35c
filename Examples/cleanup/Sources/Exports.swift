import Queuert
import QueuertSQLite

enum ExportTable: EntryJobType {
    static let name = "export-table"
    typealias Input = String
    typealias Output = Int
}
/// Cleans up, yields how many chains were deleted, and is told how many days ago they ended.
enum CleanUp: EntryJobType {
    static let name = "clean-up"
    typealias Input = Int
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
    static func processors(_ client: Client<SQLiteStateAdapter>) -> [Processor<SQLiteStateAdapter>] {
        [
            .detached(ExportTable.self) { job in .finish(job.input.count) },
            .detached(SendExports.self) { job in .finish(job.blockers.reduce(0, +)) },
            // Detached, since each batch has a transaction of its own.
            .detached(CleanUp.self) { job in
                let age = Duration.seconds(job.input * 86_400)
                return .finish(try await client.cleanUp(.completed, .cancelled, olderThan: age))
            },
        ]
    }

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
