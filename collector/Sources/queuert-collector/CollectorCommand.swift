import ArgumentParser

/// The command `queuert-collector`.
@main
struct CollectorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queuert-collector",
        abstract: "Receives OpenTelemetry spans on this machine, keeps them and shows them.",
        subcommands: [ServeCommand.self, TreeCommand.self],
        defaultSubcommand: ServeCommand.self)
}
