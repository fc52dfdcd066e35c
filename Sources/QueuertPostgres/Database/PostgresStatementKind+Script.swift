/// What several statements do that are separated by semicolons.
extension PostgresStatementKind {
    /// Whether one of a script's statements ends a transaction and begins the next.
    static func isChained(_ script: String) -> Bool {
        var rest = Substring(script)
        while !rest.isEmpty {
            if PostgresStatementKind(beginning: rest) == .chain { return true }
            skipStatement(&rest)
            // What separates it from the next.
            rest = rest.dropFirst()
        }
        return false
    }

    /// Skips a statement up to its end, with what is quoted in it.
    private static func skipStatement(_ text: inout Substring) {
        while let first = text.first, first != ";" {
            if first == "'" || first == "\"" {
                skipQuoted(&text)
            } else if first == "$" {
                skipDollar(&text)
            } else if first.isLetter || first == "_" {
                let word = text.prefix { isPartOfName($0) || $0 == "$" }
                text = text.dropFirst(word.count)
                if word == "E" || word == "e", text.first == "'" { skipQuoted(&text, hasEscapes: true) }
            } else if !skipComment(&text) {
                text = text.dropFirst()
            }
        }
    }

    private static func isPartOfName(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }

    /// Skips a name or a text that begins with its quote, and in which that is doubled, or escaped where it may be.
    private static func skipQuoted(_ text: inout Substring, hasEscapes: Bool = false) {
        let quote = text.removeFirst()
        while let character = text.popFirst() {
            if character == "\\", hasEscapes {
                _ = text.popFirst()
            } else if character == quote {
                guard text.first == quote else { return }
                text.removeFirst()
            }
        }
    }

    /// Skips a dollar, and what it quotes if it begins such as `$$…$$` or `$body$…$body$`.
    private static func skipDollar(_ text: inout Substring) {
        let tag = text.dropFirst().prefix(while: isPartOfName)
        let delimiter = text.prefix(tag.count + 2)
        text = text.dropFirst()
        guard delimiter.count > 1, delimiter.last == "$" else { return }
        text = text.dropFirst(delimiter.count - 1)
        while !text.isEmpty, !text.hasPrefix(delimiter) { text = text.dropFirst() }
        text = text.dropFirst(delimiter.count)
    }
}
