#if CommandLine
internal import ArgumentParser
internal import Queuert

/// Makes jobs due now.
struct TriggerCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "trigger", abstract: "Make jobs due now that are due later, as after a backoff: all, or none.",
        discussion: """
            Workers on PostgreSQL are told at once, if they use PostgresNotify; on SQLite they find the jobs at their next poll.
            """)

    @Argument(help: ArgumentHelp("The jobs.", valueName: "job"))
    var jobs: [String]

    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { .write }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        try await client.triggerJobs(jobs.map(JobID.init(rawValue:)))
        context.show(output, ["triggered": JSONValue(jobs)], jobs.map { "triggered \($0)".printable })
        return .success
    }
}
#endif
