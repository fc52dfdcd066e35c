/// A part of a JSON document, for tests that look at a few members.
@dynamicMemberLookup struct JSONNode {
    let raw: Any?

    init(_ raw: Any?) { self.raw = raw }

    subscript(dynamicMember name: String) -> JSONNode { self[name] }
    subscript(name: String) -> JSONNode { JSONNode((raw as? [String: Any])?[name]) }
    subscript(index: Int) -> JSONNode { JSONNode(list.indices.contains(index) ? list[index].raw : nil) }

    var list: [JSONNode] { (raw as? [Any] ?? []).map(JSONNode.init) }
    var text: String? { raw as? String }
    var int: Int? { (raw as? Int) ?? (raw as? Double).map { Int($0) } }
    var double: Double? { raw as? Double }
    var isMissing: Bool { raw == nil }
}
