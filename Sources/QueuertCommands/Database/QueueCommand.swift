#if CommandLine
internal import ArgumentParser
internal import Foundation
internal import Queuert
internal import QueuertPostgres
internal import QueuertSQLite

/// A command that works on a queue's database.
protocol QueueCommand: ParsableCommand, Sendable {
    /// Where the database is.
    var database: DatabaseOptions { get }
    /// What the command does with the database.
    var access: DatabaseAccess { get }
    /// What the process ends with if the command throws.
    var statusOfFailure: CommandStatus { get }
    /// How large the service lets a SQLite file's write-ahead log become, in bytes.
    var walSizeLimit: Int { get }

    /// Does what the command is for.
    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus
}

/// What a command does with a database.
enum DatabaseAccess {
    /// It makes the tables, and a SQLite file if there is none.
    case migrate
    /// It changes jobs.
    case write
    /// It reads jobs.
    case read
    /// It looks at what is there, even if there are no tables.
    case inspect
    /// It looks at what is there, and a SQLite file that doesn't exist is an empty one.
    case plan

    /// Whether the queue's tables must be there, and of this version.
    fileprivate var needsTables: Bool { self == .write || self == .read }
}

extension QueueCommand {
    var statusOfFailure: CommandStatus { .failure }
    var walSizeLimit: Int { SQLitePool.Configuration().walSizeLimit }

    /// Opens the database, runs the command and closes the database.
    func run(in context: CommandContext) async throws -> CommandStatus {
        switch try database.address(in: context.environment) {
        case .sqlite(let path): try await run(onFile: path, in: context)
        case .postgres(let address): try await run(onServer: address, in: context)
        }
    }

    private func run(onFile path: String, in context: CommandContext) async throws -> CommandStatus {
        let isMissing = !path.hasPrefix("file:") && !FileManager.default.fileExists(atPath: path)
        if isMissing, access != .migrate, access != .plan {
            let name = DatabaseAddress.sqlite(path).mayHoldPassword ? "of that name" : path
            throw CommandError(
                .noSuchFile, "There is no file \(name).",
                hint: "Check the path. `queuert migrate` makes a database; the other commands never do.")
        }
        func open<R>(
            _ path: String, _ access: SQLitePool.Configuration.Access,
            _ body: (Client<SQLiteStateAdapter>) async throws -> R
        ) async throws -> R {
            var configuration = SQLitePool.Configuration(access: access, readers: 0, walSizeLimit: walSizeLimit)
            // The service chooses its file's journal. What is turned on here would stay on.
            configuration.keepsJournal = true
            let pool = try await SQLitePool(path: path, configuration: configuration, logger: context.logger)
            let adapter = SQLiteStateAdapter(pool: pool, tablePrefix: database.prefix, logger: context.logger)
            let result = await Result { try await body(Client(adapter: adapter, logger: context.logger)) }
            await pool.close()
            return try result.get()
        }
        switch access {
        case .migrate: return try await open(path, .create) { try await run(on: $0, in: context) }
        case .plan where isMissing:
            return try await open(":memory:", .create) { try await run(on: $0, in: context) }
        case .read, .inspect, .plan: return try await open(path, .readOnly) { try await run(checked: $0, in: context) }
        case .write:
            // Whoever has a file open for writing empties its log in the end, and this may be the wrong file.
            try await open(path, .readOnly) { try await checkTables($0.adapter) }
            return try await open(path, .existing) { try await run(on: $0, in: context) }
        }
    }

    private func run(onServer address: String, in context: CommandContext) async throws -> CommandStatus {
        // Nothing prepared, so that it works through any pooler.
        let pool = try await PostgresPool(
            address,
            configuration: .init(
                maximumConnections: 2, acquisitionTimeout: .seconds(1), statementCacheLimit: 0,
                applicationName: "queuert command"),
            logger: context.logger)
        // Tells workers of other processes at once; connects with the first hint.
        let notify = PostgresNotify(address, channel: database.channel, logger: context.logger)
        let result = await Result {
            let stored = try await PostgresIDType.stored(
                in: pool, schema: database.schema, tablePrefix: database.prefix)
            let history = try await PostgresHistory.stored(
                in: pool, schema: database.schema, tablePrefix: database.prefix)
            let adapter = PostgresStateAdapter(
                pool: pool, schema: database.schema, tablePrefix: database.prefix,
                idType: stored ?? database.idType?.type ?? .uuid, history: history ?? database.history,
                logger: context.logger)
            return try await run(
                checked: Client(adapter: adapter, notify: notify, logger: context.logger), in: context)
        }
        await notify.close()
        await pool.close()
        return try result.get()
    }

    private func run<Adapter: DiagnosableStateAdapter>(
        checked client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        if access.needsTables { try await checkTables(client.adapter) }
        return try await run(on: client, in: context)
    }

    private func checkTables(_ adapter: some DiagnosableStateAdapter) async throws {
        let status = try await adapter.migrationStatus()
        if status.isEmpty {
            throw CommandError(
                .notMigrated, "There are no tables of a queue with the prefix “\(database.prefix)” here.",
                hint: "Check --database, --schema and --prefix; `queuert migrate` makes the tables.")
        }
        if let missing = status.missing.first {
            throw CommandError(
                .notMigrated, "The tables are of an older version: \(missing) was not applied.",
                hint: "Run `queuert migrate`, or use the queuert of the service's version.")
        }
        if access == .write, let unknown = status.unknown.first {
            throw CommandError(
                .newerTables, "The tables are of a newer version, which applied \(unknown).",
                hint: "Use the queuert of that version; this one would not know what it writes.")
        }
    }
}

extension Result where Failure == any Error {
    /// What a body returns or throws.
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
#endif
