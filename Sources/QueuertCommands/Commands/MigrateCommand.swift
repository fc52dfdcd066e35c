#if CommandLine
internal import ArgumentParser
internal import Queuert

/// Makes the tables, or brings them up to date.
struct MigrateCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Make the queue's tables, or bring them up to date.",
        discussion: """
            What is missing is applied in one transaction: all of it, or nothing. A SQLite file that doesn't exist is made; \
            its folder is not.
            """)

    @Flag(help: "Only list what would be applied.")
    var dryRun = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { dryRun ? .plan : .migrate }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        let before = try await client.adapter.migrationStatus()
        let applied = dryRun ? [] : try await client.adapter.migrate()
        let missing = dryRun ? before.missing : []
        let json: JSONValue = [
            "dryRun": .bool(dryRun), "applied": JSONValue(applied), "missing": JSONValue(missing),
            "appliedBefore": JSONValue(before.applied), "unknown": JSONValue(before.unknown),
        ]
        let names = dryRun ? missing : applied
        var lines = names.map { (dryRun ? "would apply " : "applied ") + $0 }
        if names.isEmpty { lines.append("The tables are up to date.") }
        if !before.unknown.isEmpty {
            lines.append("A newer version has applied: \(before.unknown.joined(separator: ", "))".printable)
        }
        context.show(output, json, lines)
        return .success
    }
}
#endif
