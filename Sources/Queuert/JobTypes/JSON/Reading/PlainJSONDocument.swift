/// A JSON text that was taken apart.
struct PlainJSONDocument {
    let bytes: [UInt8]
    /// What is in it, in the order of the text; the outermost value is the first.
    let nodes: [PlainJSONNode]
    /// Where the values are, by name, of objects with many members.
    private let directories: [Int: [String: Int]]
    /// Where the outermost value is in another document.
    private let base: [any CodingKey]

    /// Takes a text apart; `nil` if it is not plain.
    init?(_ text: String) {
        bytes = Array(text.utf8)
        var scanner = PlainJSONScanner(bytes)
        guard scanner.scan() else { return nil }
        nodes = scanner.nodes
        directories = scanner.directories
        base = []
    }

    /// Makes a null that stands for what another document doesn't have.
    init(nullAt path: [any CodingKey]) {
        bytes = []
        nodes = [PlainJSONNode(kind: .null, start: 0, end: 0, parent: -1, place: 0, next: 1)]
        directories = [:]
        base = path
    }

    // MARK: Members

    /// A member of an object that is expected to be asked for.
    struct Expectation {
        let object: Int
        let name: Int
    }

    /// Finds a member of an object.
    ///
    /// - Parameters:
    ///   - name: The member's name.
    ///   - object: The object.
    ///   - expected: Where the search begins. Mostly members are asked for in their order, and often more than once.
    /// - Returns: Where its value is; `nil` if the object has no such member.
    func value(named name: String, in object: Int, expected: inout Expectation?) -> Int? {
        let (count, end) = (nodes[object].count, nodes[object].next)
        var index = if let expected, expected.object == object { expected.name } else { object + 1 }
        let isLarge = count > PlainJSON.fewNames
        for _ in 0..<(isLarge ? 2 : count) {
            if isNamed(index, name) {
                expected = Expectation(object: object, name: index)
                return index + 1
            }
            index = nodes[index + 1].next
            if index == end { index = object + 1 }
        }
        guard let found = isLarge ? directories[object]?[name] : value(like: name, in: object) else { return nil }
        expected = Expectation(object: object, name: found - 1)
        return found
    }

    private func isNamed(_ index: Int, _ name: String) -> Bool {
        let range = nodes[index].range
        return range.count == name.utf8.count && bytes[range].elementsEqual(name.utf8)
    }

    /// A member whose name is written otherwise, and yet is equal: Unicode has signs that are letters of ASCII, too.
    private func value(like name: String, in object: Int) -> Int? {
        if name.utf8.allSatisfy({ $0 < 0x80 }) { return nil }
        return members(of: object).first { $0.name == name }?.value
    }

    /// The members of an object in their order, each with the place of its value.
    func members(of object: Int) -> [(name: String, value: Int)] {
        var members: [(name: String, value: Int)] = []
        members.reserveCapacity(nodes[object].count)
        var index = object + 1
        while index < nodes[object].next {
            members.append((name(of: index + 1), index + 1))
            index = nodes[index + 1].next
        }
        return members
    }

    private func name(of value: Int) -> String { String(decoding: bytes[nodes[value - 1].range], as: UTF8.self) }

    // MARK: Paths

    /// The names and places on the way to a value.
    func path(to index: Int) -> [any CodingKey] {
        var keys: [any CodingKey] = []
        var index = index
        while nodes[index].parent >= 0 {
            let isElement = nodes[nodes[index].parent].kind == .array
            keys.append(
                isElement ? PlainJSONKey(intValue: nodes[index].place) : PlainJSONKey(stringValue: name(of: index)))
            index = nodes[index].parent
        }
        return base + keys.reversed()
    }
}
