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
        // What libpq can't make sense of, it repeats, and a password may be part of it.
        if let address = try? options.address(in: context.environment), address.mayHoldPassword {
            return "\(error) [The details may repeat the address and with it the password; put that into PGPASSFILE.]"
        }
        return String(reflecting: error)
    }
}
#endif
