/// A JSON text that was taken apart, of which values are made.
final class PlainJSONDocument {
    let bytes: [UInt8]
    let nodes: [PlainJSONNode]
    /// Whether everything that was asked for was there, and plain.
    private(set) var isPlain = true
    /// Where the next name of an object is expected: mostly they are asked for in their order.
    private var expected = (object: -1, name: 0)

    /// Takes a text apart; `nil` if it is not plain.
    init?(_ text: String) {
        bytes = Array(text.utf8)
        var scanner = PlainJSONScanner(bytes)
        guard scanner.scan() else { return nil }
        nodes = scanner.nodes
    }

    /// Notes that Foundation is to decode the whole: it knows what is wrong and says where, or knows better.
    func leave() { isPlain = false }

    func notPlain() -> NotPlainJSON {
        leave()
        return NotPlainJSON()
    }

    // MARK: Values

    func isNull(at index: Int) -> Bool { nodes[index].kind == .null }

    func bool(at index: Int) throws -> Bool {
        switch nodes[index].kind {
        case .true: return true
        case .false: return false
        default: throw notPlain()
        }
    }

    func integer<Number: FixedWidthInteger>(at index: Int) throws -> Number {
        let node = nodes[index]
        guard node.kind == .number else { throw notPlain() }
        let isNegative = bytes[node.start] == UInt8(ascii: "-")
        var number: Number = 0
        for byte in bytes[(isNegative ? node.start + 1 : node.start)..<node.end] {
            // A fraction or an exponent may be whole all the same.
            guard let digit = Number(exactly: byte &- UInt8(ascii: "0")), digit < 10 else { throw notPlain() }
            let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOutOfRange) =
                isNegative ? shifted.subtractingReportingOverflow(digit) : shifted.addingReportingOverflow(digit)
            if isTooLarge || isOutOfRange { throw notPlain() }
            number = sum
        }
        if isNegative && number == 0 { throw notPlain() }
        return number
    }

    func number<Number: BinaryFloatingPoint & LosslessStringConvertible>(at index: Int) throws -> Number {
        let node = nodes[index]
        guard node.kind == .number, let number = Number(String(decoding: bytes[node.range], as: UTF8.self)),
            number.isNormal || isZero(node)
        else { throw notPlain() }
        return number
    }

    /// Whether a number is written as zero, and not only too small to be told from it.
    private func isZero(_ node: PlainJSONNode) -> Bool {
        bytes[node.range].allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    func string(at index: Int) throws -> String {
        let node = nodes[index]
        switch node.kind {
        case .string:
            return String(decoding: bytes[node.range], as: UTF8.self)
        case .escapedString:
            var unescaped: [UInt8] = []
            unescaped.reserveCapacity(node.range.count)
            var isEscaped = false
            for byte in bytes[node.range] {
                if isEscaped {
                    // The scanner has let no others through.
                    unescaped.append(PlainJSONEscape.byte(of: byte) ?? byte)
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else {
                    unescaped.append(byte)
                }
            }
            return String(decoding: unescaped, as: UTF8.self)
        default: throw notPlain()
        }
    }

    func decode<Value: Decodable>(_: Value.Type, at index: Int) throws -> Value {
        if Value.self == String.self, let text = try string(at: index) as? Value { return text }
        if PlainJSON.hasOwnForm(Value.self) { throw notPlain() }
        do {
            return try Value(from: PlainJSONDecoder(document: self, index: index))
        } catch {
            // Also if the value itself refuses: whoever tries something else then would have tried after Foundation's error.
            leave()
            throw error
        }
    }

    // MARK: Members

    /// Finds a member of an object.
    func value(named name: String, in object: Int) -> Int? {
        let end = nodes[object].next
        let first = expected.object == object ? expected.name : object + 1
        var index = first
        while index < end {
            if isNamed(index, name) { return found(index, in: object) }
            index = nodes[index + 1].next
        }
        index = object + 1
        while index < first {
            if isNamed(index, name) { return found(index, in: object) }
            index = nodes[index + 1].next
        }
        return nil
    }

    private func found(_ index: Int, in object: Int) -> Int {
        expected = (object, nodes[index + 1].next)
        return index + 1
    }

    private func isNamed(_ index: Int, _ name: String) -> Bool {
        let range = nodes[index].range
        return range.count == name.utf8.count && bytes[range].elementsEqual(name.utf8)
    }

    /// The names of an object's members, in their order.
    func names(in object: Int) -> [String] {
        var names: [String] = []
        names.reserveCapacity(nodes[object].count)
        var index = object + 1
        while index < nodes[object].next {
            names.append(String(decoding: bytes[nodes[index].range], as: UTF8.self))
            index = nodes[index + 1].next
        }
        return names
    }
}
