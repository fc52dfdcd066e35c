#if CommandLine
/// What errors don't repeat of a command line: what may be an address with a password, in the place of something else.
struct HiddenArguments: Sendable {
    private static let placeholder = "[not shown]"
    private static let hint = "What is not shown may hold a password. Give the database with --database.\n"
    private let texts: [String]

    init(_ arguments: [String]) {
        // An error may tell an option without its value, or the other way round.
        let parts = arguments.flatMap { argument -> [String] in
            guard argument.hasPrefix("-") else { return [argument] }
            return [argument] + argument.split(separator: "=", maxSplits: 1).map(String.init)
        }
        // One that is part of another one comes after it.
        texts = parts.filter(Self.mayHoldPassword).sorted { $0.utf8.count > $1.utf8.count }
    }

    private static func mayHoldPassword(_ text: String) -> Bool {
        text.contains("://") || text.contains("@") || text.lowercased().contains("password")
    }

    /// The lines of an error without them, and with a hint if one was in it.
    func hide(in text: String) -> String {
        // By bytes: a character that ends an argument may go on behind it.
        let shown = texts.reduce(Array(text.utf8)) { $0.replacing($1.utf8, with: Self.placeholder.utf8) }
        return shown.elementsEqual(text.utf8) ? text : String(decoding: shown, as: UTF8.self) + Self.hint
    }
}
#endif
