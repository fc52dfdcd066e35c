/// What a statement does to the transaction, or to a part of it, as far as the pool must know.
enum PostgresStatementKind {
    /// Begins a transaction.
    case begin
    /// Ends one, either way.
    case end
    /// Ends one and begins the next.
    case chain
    /// Hands it over to somebody who ends it later.
    case prepare
    /// Begins, ends or undoes a part of one, of which what waits for the commit would not know.
    case savepoint

    /// What a statement does; `nil` if it neither begins nor ends a transaction or a part of it.
    init?(_ sql: String) { self.init(beginning: Substring(sql)) }

    /// What the statement does that a text begins with.
    init?(beginning sql: Substring) {
        var rest = sql
        Self.skipSpace(&rest)
        // Whatever else a statement begins with, its first letter tells.
        guard let first = rest.utf8.first, "bBsScCeEaArRpP".utf8.contains(first) else { return nil }
        let words = Self.words(rest, limit: 5)
        switch words.first {
        case "BEGIN", "START": self = .begin
        case "SAVEPOINT", "RELEASE": self = .savepoint
        case "PREPARE":
            guard words.dropFirst().first == "TRANSACTION" else { return nil }
            self = .prepare
        case "COMMIT", "END", "ABORT", "ROLLBACK":
            let options = words.dropFirst().drop { $0 == "WORK" || $0 == "TRANSACTION" }
            if options.first == "TO" {
                self = .savepoint
                return
            }
            self = options.starts(with: ["AND", "CHAIN"]) ? .chain : .end
        default: return nil
        }
    }

    /// The words that a statement begins with.
    private static func words(_ sql: Substring, limit: Int) -> [String] {
        var rest = sql
        var words: [String] = []
        while words.count < limit {
            let word = rest.prefix { $0.isLetter }
            if word.isEmpty { break }
            words.append(word.uppercased())
            rest = rest.dropFirst(word.count)
            skipSpace(&rest)
        }
        return words
    }

    private static func skipSpace(_ text: inout Substring) {
        repeat {
            text = text.drop { $0.isWhitespace || $0 == ";" }
        } while skipComment(&text)
    }

    /// Skips a comment, if the text begins with one.
    ///
    /// - Returns: Whether it does.
    static func skipComment(_ text: inout Substring) -> Bool {
        if text.hasPrefix("--") {
            text = text.drop { !$0.isNewline }
            return true
        }
        guard text.hasPrefix("/*") else { return false }
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
        return true
    }
}
