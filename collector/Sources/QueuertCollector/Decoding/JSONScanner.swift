/// Reads JSON's tokens, one after the other.
struct JSONScanner {
    /// What a value begins with.
    enum Kind { case object, array, string, number, truth, null }

    private(set) var position: Int
    /// How many bytes came before the text, which counts when an error says where it is.
    private let before: Int
    private var depth = 0
    private var containers = 0

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - position: Where; at the beginning if it is left out.
    ///   - before: How many bytes came before the text, if it is a part of something.
    init(at position: Int = 0, after before: Int = 0) {
        self.position = position
        self.before = before
    }

    /// Goes past white space and looks at what comes.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: The next character, or `nil` at the end.
    @inline(__always)
    mutating func peek(_ bytes: Span<UInt8>) -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    /// Says what the next value is.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: The kind.
    /// - Throws: `OTLPDecodingError` if there is none.
    mutating func kind(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> Kind {
        guard let character = peek(bytes) else { throw notJSON(at: position) }
        switch character {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .truth
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw notJSON(at: position)
        }
    }

    /// Takes a character that must come next.
    mutating func expect(_ character: UInt8, _ bytes: Span<UInt8>) throws(OTLPDecodingError) {
        guard peek(bytes) == character else { throw notJSON(at: position) }
        position += 1
    }

    /// Takes a character if it comes next.
    mutating func take(_ character: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard peek(bytes) == character else { return false }
        position += 1
        return true
    }

    /// Begins an object or an array.
    mutating func open(_ bracket: UInt8, _ bytes: Span<UInt8>) throws(OTLPDecodingError) {
        try expect(bracket, bytes)
        depth += 1
        containers += 1
        // A list's value is three containers deep: the value, the list and its array. Around the value are ten at most.
        if depth > OTLPLimits.valueDepth * 4 + 16 { throw .tooDeep }
        if containers > OTLPLimits.messages { throw .tooMany("objects and arrays") }
    }

    /// Ends an object or an array, if it ends here.
    ///
    /// - Parameters:
    ///   - bracket: The closing bracket.
    ///   - isFirst: Whether nothing of it was read yet, so that no comma must come.
    ///   - bytes: The text.
    /// - Returns: Whether it ended.
    /// - Throws: `OTLPDecodingError` if neither the end nor a comma comes.
    mutating func close(_ bracket: UInt8, isFirst: Bool, _ bytes: Span<UInt8>) throws(OTLPDecodingError) -> Bool {
        if take(bracket, bytes) {
            depth -= 1
            return true
        }
        if !isFirst { try expect(UInt8(ascii: ","), bytes) }
        return false
    }

    /// Reads text.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: The text without its escapes, in UTF-8.
    /// - Throws: `OTLPDecodingError` if it doesn't end, or has an escape that is none.
    mutating func string(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> [UInt8] {
        try expect(UInt8(ascii: "\""), bytes)
        var text: [UInt8] = []
        var start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                append(bytes, start..<position, to: &text)
                position += 1
                return text
            }
            guard byte >= 0x20 else { break }
            if byte == UInt8(ascii: "\\") {
                append(bytes, start..<position, to: &text)
                position += 1
                try escape(bytes, into: &text)
                start = position
            } else {
                position += 1
            }
        }
        throw notJSON(at: position)
    }

    /// Reads a number.
    ///
    /// - Parameter bytes: The text.
    /// - Returns: Its characters.
    /// - Throws: `OTLPDecodingError` if it isn't one.
    mutating func number(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> String {
        _ = peek(bytes)
        let start = position
        _ = take(UInt8(ascii: "-"), bytes)
        let integer = position
        digits(bytes)
        let isWhole = position > integer && (bytes[integer] != UInt8(ascii: "0") || position == integer + 1)
        var isNumber = isWhole
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            isNumber = isNumber && digits(bytes)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            isNumber = isNumber && digits(bytes)
        }
        guard isNumber else { throw notJSON(at: position) }
        return bytes.extracting(start..<position).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    /// Reads a truth value.
    mutating func truth(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> Bool {
        let isTrue = peek(bytes) == UInt8(ascii: "t")
        try word(isTrue ? "true" : "false", bytes)
        return isTrue
    }

    /// Reads the word that means nothing.
    mutating func null(_ bytes: Span<UInt8>) throws(OTLPDecodingError) { try word("null", bytes) }

    /// Reads past a value, whatever it is.
    mutating func skip(_ bytes: Span<UInt8>) throws(OTLPDecodingError) {
        // Not by calling itself: the brackets that are open are all that it needs to know.
        var open: [(bracket: UInt8, isFirst: Bool)] = []
        repeat {
            if let last = open.last {
                let isObject = last.bracket == UInt8(ascii: "}")
                if try close(last.bracket, isFirst: last.isFirst, bytes) {
                    open.removeLast()
                    continue
                }
                open[open.count - 1].isFirst = false
                if isObject {
                    _ = try string(bytes)
                    try expect(UInt8(ascii: ":"), bytes)
                }
            }
            switch try kind(bytes) {
            case .object:
                try self.open(UInt8(ascii: "{"), bytes)
                open.append((UInt8(ascii: "}"), true))
            case .array:
                try self.open(UInt8(ascii: "["), bytes)
                open.append((UInt8(ascii: "]"), true))
            case .string: _ = try string(bytes)
            case .number: _ = try number(bytes)
            case .truth: _ = try truth(bytes)
            case .null: try null(bytes)
            }
        } while !open.isEmpty
    }

    /// The error for text that isn't JSON.
    func notJSON(at position: Int) -> OTLPDecodingError {
        .malformed("the body isn't JSON at byte \(before + position)")
    }

    private mutating func word(_ word: StaticString, _ bytes: Span<UInt8>) throws(OTLPDecodingError) {
        _ = peek(bytes)
        let isThere = word.withUTF8Buffer { letters in
            for letter in letters {
                guard position < bytes.count, bytes[position] == letter else { return false }
                position += 1
            }
            return true
        }
        guard isThere else { throw notJSON(at: position) }
    }

    @discardableResult
    private mutating func digits(_ bytes: Span<UInt8>) -> Bool {
        let start = position
        while position < bytes.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= bytes[position] { position += 1 }
        return position > start
    }

    private func append(_ bytes: Span<UInt8>, _ range: Range<Int>, to text: inout [UInt8]) {
        bytes.extracting(range).withUnsafeBufferPointer { text.append(contentsOf: $0) }
    }

    private mutating func escape(_ bytes: Span<UInt8>, into text: inout [UInt8]) throws(OTLPDecodingError) {
        guard position < bytes.count else { throw notJSON(at: position) }
        let character = bytes[position]
        position += 1
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(character)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): try unicode(bytes, into: &text)
        default: throw notJSON(at: position - 1)
        }
    }

    private mutating func unicode(_ bytes: Span<UInt8>, into text: inout [UInt8]) throws(OTLPDecodingError) {
        var unit = try hexadecimal(bytes)
        if unit >> 10 == 0xd800 >> 10, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        {
            let before = position
            position += 2
            let low = try hexadecimal(bytes)
            if low >> 10 == 0xdc00 >> 10 {
                unit = 0x10000 + (unit & 0x3ff) << 10 + (low & 0x3ff)
            } else {
                position = before
            }
        }
        // Half a pair stands for nothing.
        let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
        text.append(contentsOf: Character(scalar).utf8)
    }

    private mutating func hexadecimal(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = HexadecimalID.value(of: bytes[position]) else {
                throw notJSON(at: position)
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
