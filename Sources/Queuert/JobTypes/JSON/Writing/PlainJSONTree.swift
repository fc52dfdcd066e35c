/// What values have encoded, in whatever order it came.
///
/// The text has names and scalars as they came; the parts say where each of them belongs.
struct PlainJSONTree {
    private(set) var text = PlainJSONText()
    /// The outermost value, and then all others; what was begun and came to nothing is in none of them.
    private(set) var parts: [PlainJSONPart] = []
    /// The parts, by name, of objects with many members.
    private var directories: [Int: [String: Int]] = [:]
    /// Whether it is certain that Foundation would make the same of it.
    private(set) var isCertain = true

    init() { parts.reserveCapacity(16) }

    mutating func leaveToFoundation() { isCertain = false }

    // MARK: Values

    /// Begins the outermost value.
    mutating func begin() -> Int { begin(nil, in: -1) }

    /// Begins a value that is in its parent once it is complete.
    ///
    /// - Parameters:
    ///   - name: Its name in an object.
    ///   - parent: The array or the object that it is for.
    ///   - owner: The value that has `parent`.
    /// - Returns: The new part.
    mutating func begin(_ name: String? = nil, in parent: Int, of owner: Int) -> Int {
        check(owner)
        return begin(name, in: parent)
    }

    private mutating func begin(_ name: String?, in parent: Int) -> Int {
        let start = text.end
        if let name { text.append(name: name) }
        let place = parent < 0 ? 0 : parts[parent].count
        parts.append(PlainJSONPart(parent: parent, place: place, name: start..<text.end, text: text.end..<text.end))
        return parts.count - 1
    }

    /// What a value adds after it was complete comes too late for Foundation.
    private mutating func check(_ owner: Int) {
        if parts[owner].isComplete { leaveToFoundation() }
    }

    /// Makes a value a scalar.
    mutating func set(_ part: Int, _ append: (inout PlainJSONText) -> Void) {
        let start = text.end
        append(&text)
        parts[part].text = start..<text.end
        if parts[part].kind != .nothing { leaveToFoundation() }
        parts[part].kind = .scalar
    }

    /// Makes a value an array or an object, which it may be already.
    mutating func open(_ part: Int, as kind: PlainJSONPart.Kind) {
        check(part)
        if parts[part].kind == .nothing { parts[part].kind = kind }
        if parts[part].kind != kind { leaveToFoundation() }
    }

    /// Completes a value; one that has encoded nothing is an object.
    mutating func end(_ part: Int) {
        if parts[part].kind == .nothing { parts[part].kind = .object }
        parts[part].isComplete = true
        link(part)
    }

    /// Completes a value that had an encoder of its own.
    mutating func end(_ part: Int, of owner: Int) {
        if parts[owner].isComplete { return }
        // Foundation counts such an element only now, and puts it where it would have been.
        if parts[part].name.isEmpty, parts[part].place != parts[parts[part].parent].count { leaveToFoundation() }
        end(part)
    }

    // MARK: Members and elements

    /// Adds a scalar to an object.
    mutating func add(_ name: String, to object: Int, of owner: Int, _ append: (inout PlainJSONText) -> Void) {
        check(owner)
        let start = text.end
        text.append(name: name)
        addScalar(name: start..<text.end, to: object, append)
    }

    /// Adds a scalar to an array.
    mutating func add(to array: Int, of owner: Int, _ append: (inout PlainJSONText) -> Void) {
        check(owner)
        let last = parts[array].last
        if last >= 0, parts[last].kind == .scalar, parts[last].text.upperBound == text.end {
            text.appendComma()
            append(&text)
            parts[last].text = parts[last].text.lowerBound..<text.end
            parts[array].appendToLast()
        } else {
            addScalar(name: text.end..<text.end, to: array, append)
        }
    }

    private mutating func addScalar(name: Range<Int>, to parent: Int, _ append: (inout PlainJSONText) -> Void) {
        append(&text)
        parts.append(
            PlainJSONPart(kind: .scalar, parent: parent, place: 0, name: name, text: name.upperBound..<text.end))
        link(parts.count - 1)
    }

    /// Adds an array or an object, or finds the one that has the name already.
    mutating func add(_ kind: PlainJSONPart.Kind, _ name: String? = nil, to parent: Int, of owner: Int) -> Int {
        let part = begin(name, in: parent, of: owner)
        if name != nil, let earlier = member(like: part, nameBit: nameBit(of: part)) {
            if parts[earlier].kind != kind { leaveToFoundation() }
            return earlier
        }
        parts[part].kind = kind
        link(part)
        return part
    }

    /// Puts a part into its parent, in place of a member of the same name.
    private mutating func link(_ part: Int) {
        let parent = parts[part].parent
        var nameBit: UInt64 = 0
        if !parts[part].name.isEmpty {
            nameBit = self.nameBit(of: part)
            if let earlier = member(like: part, nameBit: nameBit) {
                parts[earlier].isReplaced = true
                // Equal names may be written otherwise.
                parts[part].name = parts[earlier].name
            }
            if parts[parent].count >= PlainJSON.fewNames { enter(part) }
        }
        let before = parts[parent].append(part, nameBit: nameBit)
        if before >= 0 { parts[before].next = part }
    }

    // MARK: Names

    private func name(of part: Int) -> String { String(decoding: text.bytes[parts[part].name], as: UTF8.self) }

    private func nameBit(of part: Int) -> UInt64 { text.bytes.nameBit(parts[part].name) ?? .max }

    /// A member that is in the object already and has the same name.
    private func member(like part: Int, nameBit: UInt64) -> Int? {
        let object = parts[part].parent
        if parts[object].nameBits & nameBit == 0 { return nil }
        let name = name(of: part)
        if parts[object].count > PlainJSON.fewNames { return directories[object]?[name] }
        var other = parts[object].first
        while other >= 0 {
            if !parts[other].isReplaced, self.name(of: other) == name { return other }
            other = parts[other].next
        }
        return nil
    }

    /// Enters a member into the object's directory.
    private mutating func enter(_ part: Int) {
        let object = parts[part].parent
        if parts[object].count == PlainJSON.fewNames {
            var other = parts[object].first
            while other >= 0 {
                let name = name(of: other)
                directories[object, default: [:]][name] = other
                other = parts[other].next
            }
        }
        let name = name(of: part)
        directories[object]?[name] = part
    }

    // MARK: Paths

    /// The names and places on the way to a value.
    func path(to part: Int) -> [any CodingKey] {
        var keys: [any CodingKey] = []
        var part = part
        while parts[part].parent >= 0 {
            keys.append(key(of: part))
            part = parts[part].parent
        }
        return keys.reversed()
    }

    private func key(of part: Int) -> any CodingKey {
        if parts[part].name.isEmpty { return PlainJSONKey(intValue: parts[part].place) }
        let quoted = text.bytes[parts[part].name].dropLast()
        let name = quoted.contains(UInt8(ascii: "\\")) ? try? FoundationJSON.decode(String.self, from: quoted) : nil
        return PlainJSONKey(stringValue: name ?? String(decoding: quoted.dropFirst().dropLast(), as: UTF8.self))
    }
}
