/// Takes a JSON text apart (RFC 8259), as long as it is plain.
struct PlainJSONScanner {
    /// How many objects and arrays may be in each other: Foundation allows 512, and a stack has an end.
    private static var depthLimit: Int { 100 }

    private let bytes: [UInt8]
    private var position = 0
    /// Where the next node belongs.
    private var (parent, place) = (-1, 0)
    private(set) var nodes: [PlainJSONNode] = []
    /// Where the values are, by name, of objects with many members.
    private(set) var directories: [Int: [String: Int]] = [:]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        nodes.reserveCapacity(bytes.count / 8 + 4)
    }

    /// Takes the whole text apart.
    ///
    /// - Returns: Whether it is plain.
    mutating func scan() -> Bool {
        guard scanValue(depth: 0) else { return false }
        skipSpace()
        return position == bytes.count
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func scanValue(depth: Int) -> Bool {
        skipSpace()
        switch current {
        case UInt8(ascii: "{"): return depth < Self.depthLimit && scanObject(depth: depth)
        case UInt8(ascii: "["): return depth < Self.depthLimit && scanArray(depth: depth)
        case UInt8(ascii: "\""): return scanString()
        case UInt8(ascii: "n"): return scanWord("null", .null)
        case UInt8(ascii: "t"): return scanWord("true", .true)
        case UInt8(ascii: "f"): return scanWord("false", .false)
        default: return scanNumber()
        }
    }

    // MARK: Scalars

    private mutating func add(_ kind: PlainJSONNode.Kind, from start: Int) {
        nodes.append(
            PlainJSONNode(kind: kind, start: start, end: position, parent: parent, place: place, next: nodes.count + 1))
    }

    private mutating func scanWord(_ word: StaticString, _ kind: PlainJSONNode.Kind) -> Bool {
        let start = position
        for byte in word.description.utf8 where !take(byte) { return false }
        add(kind, from: start)
        return true
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = current, byte &- UInt8(ascii: "0") < 10 { position += 1 }
        return position - start
    }

    private mutating func scanNumber() -> Bool {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let first = current
        let count = skipDigits()
        if count == 0 || count > 1 && first == UInt8(ascii: "0") { return false }
        if take(UInt8(ascii: ".")), skipDigits() == 0 { return false }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            if skipDigits() == 0 { return false }
        }
        add(.number, from: start)
        return true
    }

    private mutating func scanString() -> Bool {
        position += 1
        let start = position
        var kind = PlainJSONNode.Kind.string
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                add(kind, from: start)
                position += 1
                return true
            case UInt8(ascii: "\\"):
                kind = .escapedString
                position += 1
                guard let letter = current, PlainJSONEscape.byte(of: letter) != nil else { return false }
            case 0..<0x20: return false
            default: break
            }
            position += 1
        }
        return false
    }

    // MARK: Arrays and objects

    private mutating func open(_ kind: PlainJSONNode.Kind) -> Int {
        let index = nodes.count
        add(kind, from: position)
        position += 1
        skipSpace()
        return index
    }

    private mutating func close(_ index: Int, count: Int) -> Bool {
        nodes[index].end = position
        nodes[index].count = count
        nodes[index].next = nodes.count
        return true
    }

    private mutating func scanArray(depth: Int) -> Bool {
        let index = open(.array)
        if take(UInt8(ascii: "]")) { return close(index, count: 0) }
        var count = 0
        while true {
            (parent, place) = (index, count)
            guard scanValue(depth: depth + 1) else { return false }
            count += 1
            skipSpace()
            if take(UInt8(ascii: "]")) { return close(index, count: count) }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func scanObject(depth: Int) -> Bool {
        let index = open(.object)
        if take(UInt8(ascii: "}")) { return close(index, count: 0) }
        var (count, bits) = (0, UInt64(0))
        while true {
            skipSpace()
            (parent, place) = (index, count)
            guard scanName(in: index, having: count, bits: &bits) else { return false }
            skipSpace()
            guard take(UInt8(ascii: ":")), scanValue(depth: depth + 1) else { return false }
            count += 1
            skipSpace()
            if take(UInt8(ascii: "}")) { return close(index, count: count) }
            guard take(UInt8(ascii: ",")) else { return false }
        }
    }

    // MARK: Names

    /// Reads a name that the object has not had before: Foundation decides which of two counts.
    private mutating func scanName(in object: Int, having count: Int, bits: inout UInt64) -> Bool {
        let name = nodes.count
        guard current == UInt8(ascii: "\""), scanString(), nodes[name].kind == .string,
            let bit = bytes.nameBit(nodes[name].range)
        else { return false }
        if count >= PlainJSON.fewNames { return enter(name, of: object) }
        if bits & bit != 0, hasName(like: name, in: object) { return false }
        bits |= bit
        return true
    }

    private func hasName(like name: Int, in object: Int) -> Bool {
        let text = bytes[nodes[name].range]
        var other = object + 1
        while other < name {
            if nodes[other].range.count == text.count, bytes[nodes[other].range] == text { return true }
            other = nodes[other + 1].next
        }
        return false
    }

    /// Enters a name into the object's directory, if it is not there yet.
    private mutating func enter(_ name: Int, of object: Int) -> Bool {
        var directory = directories.removeValue(forKey: object) ?? [:]
        if directory.isEmpty {
            var earlier = object + 1
            while earlier < name {
                directory[text(of: earlier)] = earlier + 1
                earlier = nodes[earlier + 1].next
            }
        }
        let isNew = directory.updateValue(name + 1, forKey: text(of: name)) == nil
        directories[object] = directory
        return isNew
    }

    private func text(of name: Int) -> String { String(decoding: bytes[nodes[name].range], as: UTF8.self) }
}
