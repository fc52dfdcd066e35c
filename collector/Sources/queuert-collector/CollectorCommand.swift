import ArgumentParser

/// The command `queuert-collector`.
@main
struct CollectorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queuert-collector",
        abstract: "Receives OpenTelemetry's telemetry on this machine, keeps it and shows it.",
        subcommands: [
            ServeCommand.self, TailCommand.self, TraceCommand.self, ChainCommand.self, TreeCommand.self,
        ],
        defaultSubcommand: ServeCommand.self)
}
