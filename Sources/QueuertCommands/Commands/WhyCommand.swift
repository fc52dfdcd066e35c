#if CommandLine
internal import ArgumentParser
internal import Queuert

/// Says why a job is not done.
struct WhyCommand: QueueCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Say why a job is not done, with all that is stored of it.",
        discussion: "Given a chain, which is called as its first job is, it says where the chain is and why it stays.")

    @Argument(help: ArgumentHelp("The job, or the chain.", valueName: "job-or-chain"))
    var job: String

    @OptionGroup var data: DataOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var database: DatabaseOptions

    var access: DatabaseAccess { .read }

    func run<Adapter: DiagnosableStateAdapter>(
        on client: Client<Adapter>, in context: CommandContext
    ) async throws -> CommandStatus {
        let report = try await JobReport.read(JobID(rawValue: job), from: client.adapter)
        context.show(output, report.json(showsData: data.showData), report.lines(showsData: data.showData))
        return .success
    }
}
#endif
