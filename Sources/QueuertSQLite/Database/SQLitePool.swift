import Queuert

/// A SQLite database: one connection that writes and several that read, each on a thread of its own.
///
/// The database is in WAL mode, so readers and the writer don't wait for each other. Transactions that write wait for their
/// turn, first come, first served. Other processes may use the same file.
public final class SQLitePool: Sendable {
    /// How a pool is set up.
    public struct Configuration: Sendable {
        /// What a commit waits for.
        public enum Synchronous: String, Sendable {
            /// A commit is on the disk when it returns: nothing is lost when the power fails.
            case full = "FULL"
            /// A commit survives the end of the process, but the last ones may be lost when the power fails.
            case normal = "NORMAL"
        }
        /// How many connections read, at least one; in-memory databases have none and read on the writer.
        public var readers: Int
        /// What a commit waits for.
        public var synchronous: Synchronous
        /// How long a statement waits for another process's lock.
        public var busyTimeout: Duration

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - readers: How many connections read; 2 by default.
        ///   - synchronous: What a commit waits for; ``Synchronous/full`` by default.
        ///   - busyTimeout: How long a statement waits for another process's lock; 5 seconds by default.
        public init(readers: Int = 2, synchronous: Synchronous = .full, busyTimeout: Duration = .seconds(5)) {
            self.readers = max(1, readers)
            self.synchronous = synchronous
            self.busyTimeout = busyTimeout
        }
    }

    private let writer: SQLiteConnection
    private let writerGate = FairGate(width: 1)
    private let readers: [SQLiteConnection]
    private let idleReaders: Locked<[SQLiteConnection]>
    private let readerGate: FairGate

    /// The connection that the current task has a transaction or a read open on, for each pool.
    @TaskLocal private static var held: [ObjectIdentifier: SQLiteConnection] = [:]

    /// Opens a database, and makes it if it doesn't exist.
    ///
    /// - Parameters:
    ///   - path: The file, or `:memory:` for a database that lives as long as the pool.
    ///   - configuration: How the pool is set up.
    /// - Throws: ``SQLiteError`` if the file can't be opened, is no database or is locked.
    public init(path: String, configuration: Configuration = Configuration()) async throws {
        let isInMemory = path == ":memory:" || path.isEmpty
        writer = SQLiteConnection()
        try await writer.connect {
            let handle = try SQLiteHandle(path: path, readOnly: false, busyTimeout: configuration.busyTimeout)
            try Self.retryingWhileBusy { try handle.run(script: "PRAGMA journal_mode = WAL") }
            try handle.run(
                script: """
                    PRAGMA synchronous = \(configuration.synchronous.rawValue);
                    PRAGMA foreign_keys = ON;
                    PRAGMA journal_size_limit = 67108864;
                    """)
            return handle
        }
        var readers: [SQLiteConnection] = []
        for _ in 0..<(isInMemory ? 0 : configuration.readers) {
            let reader = SQLiteConnection()
            try await reader.connect {
                try SQLiteHandle(path: path, readOnly: true, busyTimeout: configuration.busyTimeout)
            }
            readers.append(reader)
        }
        self.readers = readers
        idleReaders = Locked(readers)
        readerGate = FairGate(width: max(1, readers.count))
    }

    /// The version of the SQLite library that runs.
    public static var libraryVersion: String { SQLiteHandle.libraryVersion }

    /// Runs a body in a transaction that may write; nobody else writes until it ends.
    ///
    /// Commits when the body returns and rolls back when it throws.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``SQLiteError``, among them ``SQLiteError/Code/nestedTransaction`` when the task
    ///   already has a transaction of this pool open; `CancellationError` if the task was cancelled while it waited.
    public func write<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        guard Self.held[ObjectIdentifier(self)] == nil else { throw Self.nestedTransaction }
        try await writerGate.enter()
        let (result, effects) = await held(writer) { await self.transaction(on: self.writer, body) }
        writerGate.leave()
        effects()
        return try result.get()
    }

    /// Runs a body that reads, in one transaction, so that all its queries see the same state.
    ///
    /// Inside a transaction of the same task the body runs on that transaction's connection and sees its writes.
    ///
    /// - Parameter body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws; ``SQLiteError``; `CancellationError` if the task was cancelled while it waited.
    public func read<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        if let connection = Self.held[ObjectIdentifier(self)] { return try await body(connection) }
        guard !readers.isEmpty else { return try await write(body) }
        try await readerGate.enter()
        // The gate lets in as many tasks as there are readers, so one is idle.
        guard let reader = idleReaders.withLock({ $0.popLast() }) else { preconditionFailure("No reader is idle.") }
        defer {
            idleReaders.withLock { $0.append(reader) }
            readerGate.leave()
        }
        return try await held(reader) { try await Self.snapshot(on: reader, body) }
    }

    /// Closes all connections, after the transactions that are open or wait.
    public func close() async {
        // A task that is cancelled must still close, and entering is the only thing here that cancellation could end.
        await Task { [self] in
            guard (try? await writerGate.enter()) != nil else { return }
            await writer.disconnect()
            writerGate.leave()
            for _ in readers { try? await readerGate.enter() }
            for reader in readers { await reader.disconnect() }
            for _ in readers { readerGate.leave() }
        }.value
    }

    // MARK: Transactions

    private func held<R>(_ connection: SQLiteConnection, _ body: () async throws -> R) async rethrows -> R {
        var held = Self.held
        held[ObjectIdentifier(self)] = connection
        return try await Self.$held.withValue(held) { try await body() }
    }

    /// Runs a transaction and returns what came of it, with what is to run when the connection has been given back.
    private func transaction<R: Sendable>(
        on connection: isolated SQLiteConnection, _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async -> (Result<R, any Error>, @Sendable () -> Void) {
        do {
            try Self.retryingWhileBusy { try connection.begin("BEGIN IMMEDIATE") }
        } catch {
            return (.failure(error), {})
        }
        do {
            let value = try await body(connection)
            return (.success(value), try connection.commit())
        } catch {
            return (.failure(error), connection.rollback())
        }
    }

    private static func snapshot<R: Sendable>(
        on connection: isolated SQLiteConnection, _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try connection.begin("BEGIN")
        defer { connection.rollback()() }
        return try await body(connection)
    }

    /// Tries three times: SQLite reports busy at once, without waiting, in a few cases that pass by themselves.
    private static func retryingWhileBusy(_ body: () throws -> Void) throws {
        for _ in 0..<2 {
            do {
                return try body()
            } catch let error as SQLiteError where error.code == .busy {
                continue
            }
        }
        try body()
    }

    private static var nestedTransaction: SQLiteError {
        SQLiteError(
            code: .nestedTransaction,
            reason: "a transaction was begun inside another one of the same task, which would wait for itself",
            hint: "Pass the connection that the outer transaction gave you: `startJobChain(…, on: db)`.")
    }
}
