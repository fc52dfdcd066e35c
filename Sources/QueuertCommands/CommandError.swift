#if CommandLine
internal import Queuert

/// Something that a command was asked to do and can't.
struct CommandError: RedactedError, Hashable {
    /// What was wrong.
    enum Code: String {
        case noDatabase, noSuchFile, wrongAddress, wrongName, wrongTime, notMigrated, newerTables, nothingFound
    }
    let code: Code
    let sentence: String
    let hint: String

    init(_ code: Code, _ sentence: String, hint: String) {
        self.code = code
        self.sentence = sentence
        self.hint = hint
    }

    /// What was wrong and what to do.
    var description: String { "\(sentence) \(hint)" }
}

/// What is told of an error.
enum ErrorText {
    /// The text of an error that holds no data; with `--verbose` what it tells developers, too.
    static func of(_ error: any Error, for options: DatabaseOptions, in context: CommandContext) -> String {
        guard let error = error as? any RedactedError else {
            return "An error of the type \(errorTypeName(error)), whose text may hold data and is not shown."
        }
        guard options.verbose else { return "\(error)" }
        // Errors of a server don't repeat its address where a password may be in it. But a path may be meant as one.
        if case .sqlite(let path)? = try? options.address(in: context.environment),
            DatabaseAddress.sqlite(path).mayHoldPassword
        {
            return "\(error) [The details may repeat the path, which looks as if it held a password.]"
        }
        return String(reflecting: error)
    }
}
#endif
