#if GRDB
internal import Foundation
public import GRDB
public import Queuert
internal import QueuertSQLite

/// GRDB's connection, for as long as a transaction or a read lasts.
///
/// Its body runs on the thread on which GRDB allows the use of the connection, which nobody else uses meanwhile, also while
/// the body waits for something:
///
/// ```swift
/// try await client.withTransaction { db in
///     try user.insert(db.database)
///     try await client.startJobChain(Welcome.self, input: user.name, on: db)
/// }
/// ```
///
/// Inside the body use this connection only: `write` and `read` of GRDB's would wait for the body to end.
public actor GRDBConnection: StateConnection {
    let thread = LentThread()
    /// The executor that runs the body: a thread that GRDB lends.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Nothing before the access has begun and after the body has ended.
    private(set) var lender: GRDBLender?
    /// What waits for the open transaction to end; `nil` while none is open that may write.
    public private(set) var effects: TransactionEffects?

    /// For how long a transaction is tried to begin that somebody else keeps from it.
    private let patience: Duration

    init(beginsWithin patience: Duration = .zero) { self.patience = patience }

    /// GRDB's connection, for statements of yours.
    ///
    /// - Throws: `TransactionRequiredError` if the transaction or the read has ended.
    public var database: Database {
        get throws {
            guard let lender else { throw TransactionRequiredError() }
            return lender.database
        }
    }

    // MARK: The body

    /// Runs a body on the thread that GRDB is asked for, and waits for the end of its access.
    ///
    /// - Parameters:
    ///   - ask: Asks GRDB for an access, which serves this connection.
    ///   - body: What to run.
    /// - Returns: What came of it, and what is to run when the connection has been given back.
    nonisolated func access<R: Sendable>(
        _ ask: () -> Void, _ body: @Sendable (isolated GRDBConnection) async throws -> R
    ) async -> (result: Result<R, any Error>, effects: @Sendable () -> Void) {
        await withTaskCancellationHandler {
            ask()
            let result = await perform(body)
            let ending = await thread.ending()
            // What the body throws says more than what followed from it. Without a result it never ran.
            guard case .success(let value) = result else {
                return (result ?? .failure(ending.failure ?? CancellationError()), ending.effects)
            }
            return (ending.failure.map { .failure($0) } ?? .success(value), ending.effects)
        } onCancel: {
            thread.cancel()
        }
    }

    /// - Returns: What came of the body; `nil` if the connection never came.
    private func perform<R: Sendable>(
        _ body: @Sendable (isolated GRDBConnection) async throws -> R
    ) async -> Result<R, any Error>? {
        guard lender != nil else { return nil }
        let result: Result<R, any Error>
        do { result = .success(try await body(self)) } catch { result = .failure(error) }
        if case .success = result { commits = true }
        lender = nil
        thread.giveBack()
        return result
    }
    private var commits = false

    /// Runs a read in the access that the task has open here.
    ///
    /// - Returns: What came of it; `nil` if the access's body has ended on the way to here, though its commit may not.
    func readInOpenAccess<R: Sendable>(
        _ body: @Sendable (isolated GRDBConnection) async throws -> R
    ) async -> Result<R, any Error>? {
        guard lender != nil else { return nil }
        do { return .success(try await body(self)) } catch { return .failure(error) }
    }

    // MARK: On the thread that GRDB lends

    /// Runs the body in a transaction; called in an access to the connection that writes.
    nonisolated func serveTransaction(_ database: Database) {
        guard thread.begin() else { return }
        let failure = Result {
            try begin(on: database) {
                serve(database, effects: TransactionEffects())
                return assumeIsolated { $0.commits } ? .commit : .rollback
            }
        }.failure
        thread.end(assumeIsolated { $0.ending(failure) })
    }

    /// Runs a body in a transaction; the body runs once, when the transaction has begun.
    private nonisolated func begin(
        on database: Database, _ body: () -> Database.TransactionCompletion
    ) throws {
        let end = ContinuousClock.now + patience
        var hasBegun = false
        while true {
            do {
                return try database.inTransaction(.immediate) {
                    hasBegun = true
                    return body()
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && !hasBegun {
                if thread.isCancelled { throw CancellationError() }
                guard ContinuousClock.now < end, Self.hasWriteAheadLog(database) else { throw error }
                Thread.sleep(forTimeInterval: 0.001)
            }
        }
    }

    private static func hasWriteAheadLog(_ database: Database) -> Bool {
        (try? String.fetchOne(database, sql: "PRAGMA journal_mode")) == "wal"
    }

    /// Runs the body in a transaction that only reads; called in an access to any connection, which may have failed.
    nonisolated func serveRead(_ access: Result<Database, any Error>) {
        switch access {
        case .failure(let error): thread.refuse(error)
        case .success(let database):
            guard thread.begin(interrupter: database.sqliteConnection.map(SQLiteInterrupter.init)) else { return }
            let failure = Result {
                try database.readOnly {
                    try database.inTransaction(.deferred) {
                        serve(database, effects: nil)
                        return .commit
                    }
                }
            }.failure
            thread.end(assumeIsolated { $0.ending(failure) })
        }
    }

    private nonisolated func serve(_ database: Database, effects: TransactionEffects?) {
        // The actor's jobs run on this thread, and only until this returns: while GRDB allows the use of the connection here.
        nonisolated(unsafe) let lender = GRDBLender(database)
        nonisolated(unsafe) let effects = effects
        assumeIsolated { connection in
            connection.lender = lender
            connection.effects = effects
        }
        thread.runJobs()
    }

    private func ending(_ failure: (any Error)?) -> LentThread.Ending {
        let isCommitted = commits && failure == nil
        let after = isCommitted ? effects?.commit() : effects?.rollback()
        effects = nil
        return LentThread.Ending(failure: failure, effects: after ?? {})
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}
#endif
