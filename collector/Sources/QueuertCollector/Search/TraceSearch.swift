/// What a list of traces is narrowed by, as people type it.
///
/// Conditions are separated by spaces, and a trace must meet all: `service:payments status:error duration>1s`. Each may be
/// met by another span of the trace. What has spaces stands in quotation marks.
package struct TraceSearch: Hashable, Sendable {
    /// What a span of a trace must have.
    enum Condition: Hashable {
        /// Text in its name or its service, or the identifier of its chain, job or trace, of which the beginning is enough.
        case word(String)
        /// A service.
        case service(String)
        /// A name, in which `*` stands for anything.
        case name(String)
        /// An attribute with a value.
        case attribute(String, String)
        /// A chain.
        case chain(String)
        /// A job.
        case job(String)
        /// A trace, of whose identifier the beginning is enough.
        case trace(String)
    }

    /// What spans of the trace must have.
    private(set) var conditions: [Condition] = []
    /// Whether a span must have ended with an error, or none may have.
    private(set) var hasError: Bool?
    /// How long the trace took at least, in nanoseconds.
    private(set) var shortest: Int64 = 0
    /// How long the trace took at most, in nanoseconds.
    private(set) var longest: Int64 = .max

    /// How many conditions a search may have: each is looked up by itself.
    package static let conditionLimit = 20

    /// A search that finds all traces.
    package static let everything = TraceSearch()

    private init() {}

    /// Reads a search.
    ///
    /// - Parameter text: What was typed; empty for all traces.
    /// - Throws: `TraceSearchError` if a condition makes no sense, or there are too many.
    package init(_ text: String) throws(TraceSearchError) {
        let tokens = try Self.tokens(of: text)
        guard tokens.count <= Self.conditionLimit else {
            throw TraceSearchError(
                "the search has more than \(Self.conditionLimit) conditions", hint: "Leave some of them out.")
        }
        for token in tokens { try add(token) }
    }

    private mutating func add(_ token: Token) throws(TraceSearchError) {
        guard let mark = token.mark else { return conditions.append(.word(token.text)) }
        let field = String(token.text[..<mark])
        let value = String(token.text[token.text.index(after: mark)...])
        switch (field, token.text[mark]) {
        case ("duration", ">"), ("duration", "<"), ("duration", "="), ("duration", ":"):
            try addDuration(token.text[mark], value)
        case ("status", ":"), ("status", "="):
            switch value {
            case "error": hasError = true
            case "ok", "unset": hasError = false
            default:
                throw TraceSearchError("\(value) isn't a status", hint: "Write status:error or status:ok.")
            }
        case ("service", ":"): conditions.append(.service(try Self.checked(value, field)))
        case ("name", ":"): conditions.append(.name(try Self.checked(value, field)))
        case ("chain", ":"): conditions.append(.chain(try Self.checked(value, field)))
        case ("job", ":"): conditions.append(.job(try Self.checked(value, field)))
        case ("trace", ":"): conditions.append(.trace(try Self.checked(value, field).lowercased()))
        case (_, "="):
            guard !field.isEmpty else {
                throw TraceSearchError("=\(value) has no attribute's name", hint: "Write key=value.")
            }
            conditions.append(.attribute(field, value))
        default: conditions.append(.word(token.text))
        }
    }

    private static func checked(_ value: String, _ field: String) throws(TraceSearchError) -> String {
        guard value.isEmpty else { return value }
        throw TraceSearchError("\(field): has no value", hint: "Write it without a space: \(field):value.")
    }

    private mutating func addDuration(_ sign: Character, _ text: String) throws(TraceSearchError) {
        let digits = text.drop { $0 == "=" }.prefix { $0.isNumber || $0 == "." }
        let unit = text.drop { $0 == "=" }.dropFirst(digits.count)
        guard let number = Double(digits), let size = Self.units[String(unit)], number * size < 9e18 else {
            throw TraceSearchError(
                "\(text) isn't a duration",
                hint: "Write a number and a unit, such as duration>1.5s; ns, us, ms, s, m, h, d.")
        }
        let nanoseconds = Int64(number * size)
        switch sign {
        case ">": shortest = max(shortest, nanoseconds)
        case "<": longest = min(longest, nanoseconds)
        default:
            throw TraceSearchError("a duration is rarely exact", hint: "Write duration>\(text) or duration<\(text).")
        }
    }

    private static let units = [
        "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9, "d": 86_400e9,
    ]
}

extension TraceSearch {
    /// A condition as it was typed, without its quotation marks.
    private struct Token {
        var text = ""
        /// The sign between a field and its value: the first that isn't in quotation marks.
        var mark: String.Index?
    }

    private static func tokens(of text: String) throws(TraceSearchError) -> [Token] {
        var tokens: [Token] = []
        var token = Token()
        var (isInside, isEscaped, isQuoted) = (false, false, false)
        for character in text {
            if isEscaped {
                token.text.append(character)
                isEscaped = false
            } else if isQuoted && character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
                isInside = true
            } else if character.isWhitespace && !isQuoted {
                if isInside { tokens.append(token) }
                (token, isInside) = (Token(), false)
            } else {
                if !isQuoted, token.mark == nil, ":=<>".contains(character) { token.mark = token.text.endIndex }
                token.text.append(character)
                isInside = true
            }
        }
        guard !isQuoted else {
            throw TraceSearchError("a quotation mark isn't closed", hint: "Write it like name:\"process order\".")
        }
        if isInside { tokens.append(token) }
        return tokens.filter { !$0.text.isEmpty }
    }
}

/// A search that makes no sense.
package struct TraceSearchError: Error, Hashable, CustomStringConvertible {
    /// A sentence that says what is wrong.
    package let message: String
    /// A sentence that says what to do.
    package let hint: String

    init(_ message: String, hint: String) {
        self.message = message
        self.hint = hint
    }

    /// The message and the hint.
    package var description: String { "\(message). \(hint)" }
}
