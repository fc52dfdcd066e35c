/// Reads an array as PostgreSQL writes it: `{1,NULL,"a b"}`.
struct PostgresArrayParser {
    struct Element {
        /// The element as PostgreSQL writes it by itself; `nil` for NULL.
        let text: String?
        /// Whether it is an array inside the array.
        let isArray: Bool
    }

    private let bytes: [UInt8]
    private var next = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The elements; `nil` if it is no array.
    mutating func elements() -> [Element]? {
        // Bounds are told of arrays that don't begin at one: `[0:1]={1,2}`.
        if bytes.first == UInt8(ascii: "[") {
            guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else { return nil }
            next = equals + 1
        }
        guard take("{") else { return nil }
        var elements: [Element] = []
        if !take("}") {
            repeat {
                guard let element = nextElement() else { return nil }
                elements.append(element)
            } while take(",")
            guard take("}") else { return nil }
        }
        return next == bytes.count ? elements : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next < bytes.count, bytes[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func nextElement() -> Element? {
        if take("\"") { return quoted().map { Element(text: $0, isArray: false) } }
        let start = next
        if take("{") {
            guard skipArray() else { return nil }
            return Element(text: String(decoding: bytes[start..<next], as: UTF8.self), isArray: true)
        }
        while next < bytes.count, bytes[next] != UInt8(ascii: ","), bytes[next] != UInt8(ascii: "}") { next += 1 }
        let text = String(decoding: bytes[start..<next], as: UTF8.self)
        // A text of this word has quotes.
        return Element(text: text == "NULL" ? nil : text, isArray: false)
    }

    /// What follows a quote, up to the next one.
    private mutating func quoted() -> String? {
        var text: [UInt8] = []
        while next < bytes.count {
            if take("\"") { return String(decoding: text, as: UTF8.self) }
            if take("\\"), next == bytes.count { return nil }
            text.append(bytes[next])
            next += 1
        }
        return nil
    }

    /// Goes on behind the end of an array that has begun.
    private mutating func skipArray() -> Bool {
        var depth = 1
        while depth > 0, next < bytes.count {
            if take("\"") {
                guard quoted() != nil else { return false }
            } else {
                if bytes[next] == UInt8(ascii: "{") { depth += 1 }
                if bytes[next] == UInt8(ascii: "}") { depth -= 1 }
                next += 1
            }
        }
        return depth == 0
    }
}
