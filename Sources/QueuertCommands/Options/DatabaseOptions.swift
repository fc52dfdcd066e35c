#if CommandLine
internal import ArgumentParser
internal import QueuertPostgres

/// The options that say where the queue is.
struct DatabaseOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The database: a SQLite file, or postgresql://… (default: QUEUERT_DATABASE)",
            discussion: "A password in it is seen by everyone on this machine; PGPASSFILE and ~/.pgpass are not.",
            valueName: "address"))
    var database: String?

    @Option(help: ArgumentHelp("PostgreSQL: the schema of the queue's tables.", valueName: "name"))
    var schema = "public"

    @Option(help: ArgumentHelp("What the names of the queue's tables begin with.", valueName: "prefix"))
    var prefix = "queuert_"

    @Option(
        help: ArgumentHelp(
            "PostgreSQL: how tables that are yet to be made hold identifiers. Those that exist tell it by themselves.",
            valueName: "type"))
    var idType: IDTypeArgument?

    @Option(
        help: ArgumentHelp(
            """
            PostgreSQL: tables that are yet to be made keep chains that have ended in partitions of so many days. Those that \
            exist tell it by themselves.
            """, valueName: "days"))
    var partitionDays: Int?

    @Option(
        help: ArgumentHelp(
            "PostgreSQL: the channel on which the service's workers are told of work.", valueName: "name"))
    var channel = "queuert"

    @Flag(help: "Tell all there is to tell of an error: the database's own message and the statement.")
    var verbose = false

    /// Where the database is.
    func address(in environment: [String: String]) throws -> DatabaseAddress {
        guard let text = database ?? environment["QUEUERT_DATABASE"], !text.isEmpty else {
            throw CommandError(
                .noDatabase, "No database was named.",
                hint: "Give --database, or set QUEUERT_DATABASE, to a SQLite file or postgresql://…")
        }
        let address = try DatabaseAddress(text)
        if case .sqlite = address, let first = prefix.utf8.first, UInt8(ascii: "0")...UInt8(ascii: "9") ~= first {
            throw ValidationError("--prefix may not begin with a digit: SQLite would take it for a number.")
        }
        return address
    }

    /// Where tables that are yet to be made keep chains that have ended.
    var history: PostgresHistory { partitionDays.map { .partitioned(days: $0) } ?? .amongJobs }

    /// Refuses names that the adapters would not take.
    func validate() throws {
        try Self.check(schema, "--schema", limit: 63)
        try Self.check(prefix, "--prefix", limit: 43)
        try Self.check(channel, "--channel", limit: 63)
        if let partitionDays, partitionDays < 1 { throw ValidationError("--partition-days must be 1 or more.") }
        if channel.isEmpty { throw ValidationError("--channel needs a name.") }
    }

    private static func check(_ name: String, _ option: String, limit: Int) throws {
        guard name.utf8.count <= limit, !name.contains(/[^A-Za-z0-9_]/) else {
            throw ValidationError("\(option) may hold letters, digits and underscores only, \(limit) at most.")
        }
    }
}

/// How identifiers are stored.
enum IDTypeArgument: String, ExpressibleByArgument, CaseIterable {
    case uuid, text

    var type: PostgresIDType { self == .uuid ? .uuid : .text }
}
#endif
