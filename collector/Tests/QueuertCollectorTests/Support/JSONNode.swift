/// A part of a JSON document, for tests that look at a few members.
@dynamicMemberLookup struct JSONNode {
    let value: Any?

    init(_ value: Any?) { self.value = value }

    subscript(dynamicMember name: String) -> JSONNode { self[name] }
    subscript(name: String) -> JSONNode { JSONNode((value as? [String: Any])?[name]) }
    subscript(index: Int) -> JSONNode { JSONNode(list.indices.contains(index) ? list[index].value : nil) }

    var list: [JSONNode] { (value as? [Any] ?? []).map(JSONNode.init) }
    var text: String? { value as? String }
    var int: Int? { (value as? Int) ?? (value as? Double).map { Int($0) } }
    var double: Double? { value as? Double }
    var isMissing: Bool { value == nil }
}
