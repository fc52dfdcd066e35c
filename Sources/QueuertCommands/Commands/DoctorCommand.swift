#if CommandLine
internal import ArgumentParser
internal import Queuert
internal import QueuertSQLite

/// Looks for what is wrong.
struct DoctorCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look for what is wrong with the database, the tables and the waiting jobs.",
        discussion: """
            Changes nothing. Ends with 0 if all is well, with 1 if something was found, and with 2 if nothing was found but \
            not all could be looked at, or the database could not be reached. Notes don't count.
            """)

    @Option(
        help: ArgumentHelp("For how long transactions may be open, and jobs wait that are due.", valueName: "time"))
    var patience = DurationArgument(.seconds(300))

    @Flag(inversion: .prefixedNo, help: "SQLite: check pages and references, which takes as long as to read the file.")
    var integrityCheck = true

    @Option(
        name: .customLong("wal-size-limit"),
        help: ArgumentHelp(
            "SQLite: the service's walSizeLimit in MiB. The write-ahead log is found large at twice as much.",
            valueName: "MiB"))
    var walLimitInMiB = SQLitePool.Configuration().walSizeLimit >> 20

    @Option(
        name: .customLong("ignore"),
        help: ArgumentHelp(
            "Leave out findings of this code, such as knownFault, that you have looked at already.", valueName: "code"))
    var ignored: [FindingArgument] = []

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { .inspect }
    var statusOfFailure: CommandStatus { .unknown }
    var walSizeLimit: Int { walLimitInMiB << 20 }

    /// Refuses a limit that no log can have.
    func validate() throws {
        guard 1...1_048_576 ~= walLimitInMiB else {
            throw ValidationError("--wal-size-limit may be from 1 to 1048576 MiB.")
        }
    }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        let options = DiagnosisOptions(patience: patience.duration, checksIntegrity: integrityCheck)
        var diagnosis = try await client.adapter.diagnose(options)
        // Statements can't be expected to work on tables that lack something.
        let hasTables = !diagnosis.findings.contains { $0.code == .notMigrated || $0.code == .missingMigration }
        if hasTables { await QueueExamination.examine(client, patience: patience.duration, &diagnosis) }
        let codes = Set(ignored.map(\.code))
        diagnosis.findings.removeAll { codes.contains($0.code) }
        let report = DoctorReport(diagnosis)
        context.show(output, report.json, report.lines)
        return report.status
    }
}
#endif
