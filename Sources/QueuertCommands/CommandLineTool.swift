#if CommandLine
internal import ArgumentParser
internal import Logging
internal import Queuert

/// The command `queuert`, which looks at a queue's database and looks after it.
public enum CommandLineTool {
    /// Runs the command.
    ///
    /// - Parameters:
    ///   - arguments: The words behind the command's name.
    ///   - environment: The environment, of which `QUEUERT_` variables are read. What libpq reads is the process's own.
    ///   - output: Is given what is for the standard output.
    ///   - errors: Is given what is for the standard error.
    /// - Returns: What the process is to end with.
    public static func run(
        _ arguments: [String], environment: [String: String], output: @escaping @Sendable (String) -> Void,
        errors: @escaping @Sendable (String) -> Void
    ) async -> Int32 {
        let hidden = HiddenArguments(arguments)
        let tell: @Sendable (String) -> Void = { errors(hidden.hide(in: $0)) }
        let command: any ParsableCommand
        do {
            var parsed = try RootCommand.parseAsRoot(arguments)
            guard let known = parsed as? any QueueCommand else {
                try parsed.run()
                return 0
            }
            command = known
        } catch {
            return end(with: error, output: output, errors: tell)
        }
        guard let command = command as? any QueueCommand else { return 0 }
        let context = CommandContext(environment: environment, output: output)
        do {
            return try await command.run(in: context).rawValue
        } catch let error as ValidationError {
            return end(with: error, output: output, errors: tell)
        } catch {
            let text = hidden.hide(in: "queuert: \(ErrorText.of(error, for: command.database, in: context))\n")
            // It may name what is stored, and its details may have several lines.
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0).printable }
            errors(lines.joined(separator: "\n"))
            return command.statusOfFailure.rawValue
        }
    }

    /// Help is for the standard output, what was wrong with the arguments for the standard error.
    private static func end(
        with error: any Error, output: (String) -> Void, errors: (String) -> Void
    ) -> Int32 {
        let status = RootCommand.exitCode(for: error)
        let message = RootCommand.fullMessage(for: error)
        if status == .success { output(message + "\n") } else { errors(message + "\n") }
        return status.rawValue
    }
}

/// The command without a subcommand.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queuert",
        abstract: "Looks at a queue of Queuert, and looks after it.",
        discussion: """
            The database is named by --database or the variable QUEUERT_DATABASE: the path of a SQLite file, or \
            postgresql://… or host=… for PostgreSQL, for which the PG* variables and the password file of libpq count too.

            Inputs, outputs and the texts of errors are the data of your users: they are shown only with --show-data.
            """,
        subcommands: [
            DoctorCommand.self, WhyCommand.self, JobsCommand.self, ChainsCommand.self, MigrateCommand.self,
            TriggerCommand.self, RedriveCommand.self, CleanupCommand.self,
        ])
}

/// What a command runs in.
struct CommandContext: Sendable {
    let environment: [String: String]
    let output: @Sendable (String) -> Void

    /// What the library logs is not for whoever reads a command's output: errors are told by the command itself.
    var logger: Logger { Logger(label: "queuert") { _ in SwiftLogNoOpLogHandler() } }

    /// Shows a value as JSON, or else lines for people.
    func show(_ options: OutputOptions, _ json: JSONValue, _ lines: [String]) {
        output(options.json ? json.text + "\n" : lines.map { $0 + "\n" }.joined())
    }
}

/// What a command ends with.
enum CommandStatus: Int32, CaseIterable {
    /// It did what was asked, or found nothing wrong.
    case success = 0
    /// It could not do it, or found something.
    case failure = 1
    /// It could not find out.
    case unknown = 2
}
#endif
