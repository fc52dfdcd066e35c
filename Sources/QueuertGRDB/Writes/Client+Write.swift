#if GRDB
internal import GRDB
internal import Queuert
internal import QueuertSQLite

extension Client where Adapter == GRDBStateAdapter {
    /// Runs the queue's statements as part of a transaction of the user's: all of them, or none if the body throws.
    ///
    /// - Parameters:
    ///   - database: The connection whose transaction is open.
    ///   - body: Is given the statements, and what waits for them to be committed.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, `TransactionRequiredError`, or an error of GRDB's.
    func write<R>(
        on database: Database, _ body: (SQLiteStateOperations, TransactionEffects) throws -> R
    ) throws -> R {
        let effects = try PendingWrites.on(database).begin(on: database)
        let lender = GRDBLender(database)
        do {
            // The transaction may go on, and what waited for what was written is dropped below.
            return try SQLiteStatementRunner(lender).whole { try body(adapter.operations(on: lender), effects) }
        } catch {
            effects.rollback()()
            throw error
        }
    }
}
#endif
