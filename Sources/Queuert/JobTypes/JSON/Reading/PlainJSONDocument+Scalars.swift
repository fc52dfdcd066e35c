extension PlainJSONDocument {
    func isNull(at index: Int) -> Bool { nodes[index].kind == .null }

    func bool(at index: Int) throws -> Bool {
        switch nodes[index].kind {
        case .true: return true
        case .false: return false
        default: throw mismatch(Bool.self, at: index)
        }
    }

    func string(at index: Int) throws -> String {
        let node = nodes[index]
        switch node.kind {
        case .string: return String(decoding: bytes[node.range], as: UTF8.self)
        case .escapedString: return PlainJSONEscape.unescaped(bytes[node.range])
        default: throw unexpected(String.self, at: index)
        }
    }

    // MARK: Numbers

    func integer<Number: FixedWidthInteger & Decodable>(at index: Int) throws -> Number {
        let node = nodes[index]
        guard node.kind == .number else { throw unexpected(Number.self, at: index) }
        let isNegative = bytes[node.start] == UInt8(ascii: "-")
        var number: Number = 0
        for byte in bytes[(isNegative ? node.start + 1 : node.start)..<node.end] {
            guard let digit = Number(exactly: byte &- UInt8(ascii: "0")), digit < 10 else {
                return try oddInteger(at: index)
            }
            let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOutOfRange) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            if isTooLarge || isOutOfRange { return try oddInteger(at: index) }
            number = sum
        }
        return number
    }

    /// A number that has a fraction or an exponent, and is whole all the same, or one that is too large.
    private func oddInteger<Number: FixedWidthInteger & Decodable>(at index: Int) throws -> Number {
        // Whoever tries one type after the other does so for each number, and Foundation takes long.
        let double = Double(String(decoding: bytes[nodes[index].range], as: UTF8.self))
        if let double, Number(exactly: double) == nil { throw invalid(at: index) }
        return try decodeByFoundation(Number.self, at: index)
    }

    func number<Number: BinaryFloatingPoint & LosslessStringConvertible & Decodable>(at index: Int) throws -> Number {
        let node = nodes[index]
        guard node.kind == .number else { throw unexpected(Number.self, at: index) }
        let number = Number(String(decoding: bytes[node.range], as: UTF8.self))
        // Foundation decides about what is very great or very small.
        guard let number, number.isNormal || isZero(node) else { return try decodeByFoundation(Number.self, at: index) }
        return number
    }

    /// Whether a number is written as zero, and not only too small to be told from it.
    private func isZero(_ node: PlainJSONNode) -> Bool {
        bytes[node.range].allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    // MARK: Foundation

    /// Has Foundation decode a value alone.
    func decodeByFoundation<Value: Decodable>(_ type: Value.Type, at index: Int) throws -> Value {
        let node = nodes[index]
        let quote = node.kind == .string || node.kind == .escapedString ? 1 : 0
        if node.kind == .null { throw unexpected(type, at: index) }
        do {
            return try FoundationJSON.decode(type, from: bytes[node.start - quote..<node.end + quote])
        } catch let error as DecodingError {
            throw error.moved(to: path(to: index))
        }
    }
}
