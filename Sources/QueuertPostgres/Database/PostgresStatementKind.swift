/// What kind of statement a text is, as far as the pool must know.
enum PostgresStatementKind {
    private static let words: Set<String> = ["BEGIN", "START", "COMMIT", "END", "ABORT", "ROLLBACK"]

    /// Whether a statement begins or ends a transaction; savepoints are parts of one.
    static func endsOrBeginsTransaction(_ sql: String) -> Bool {
        var rest = Substring(sql)
        skipSpace(&rest)
        // Whatever else a statement begins with, its first letter tells.
        guard let first = rest.utf8.first, "bBsScCeEaArRpP".utf8.contains(first) else { return false }
        let word = rest.prefix { $0.isLetter }
        let keyword = word.uppercased()
        rest = rest.dropFirst(word.count)
        skipSpace(&rest)
        let next = rest.prefix { $0.isLetter }.uppercased()
        if keyword == "PREPARE" { return next == "TRANSACTION" }
        guard words.contains(keyword) else { return false }
        if keyword == "ROLLBACK" {
            if next == "TO" { return false }
            if next == "WORK" || next == "TRANSACTION" {
                rest = rest.dropFirst(next.count)
                skipSpace(&rest)
                return rest.prefix { $0.isLetter }.uppercased() != "TO"
            }
        }
        return true
    }

    private static func skipSpace(_ text: inout Substring) {
        while true {
            text = text.drop { $0.isWhitespace || $0 == ";" }
            if text.hasPrefix("--") {
                text = text.drop { !$0.isNewline }
            } else if text.hasPrefix("/*") {
                var depth = 0
                repeat {
                    if text.hasPrefix("/*") {
                        depth += 1
                        text = text.dropFirst(2)
                    } else if text.hasPrefix("*/") {
                        depth -= 1
                        text = text.dropFirst(2)
                    } else {
                        text = text.dropFirst()
                    }
                } while depth > 0 && !text.isEmpty
            } else {
                return
            }
        }
    }
}
