import QueuertOTel

/// The words for a recorded span, used in drawings and in failures alike.
struct SpanText {
    let span: SpanData
    let labels: SpanLabels
    let conventions: TraceConventions

    init(_ span: SpanData, labels: SpanLabels, conventions: TraceConventions) {
        self.span = span
        self.labels = labels
        self.conventions = conventions
    }

    /// The span in one line.
    func heading(isRoot: Bool) -> String {
        var text = "\(labels[span.context]) \(span.name) [\(Self.kind(span.kind))]"
        if span.status != .unset { text += " " + Self.status(span.status) }
        if isRoot, let parent = span.parent { text += " below \(labels.reference(parent))" }
        return text
    }

    /// A link of the span.
    func link(_ link: SpanData.Link) -> String {
        "→ \(conventions.type(of: link) ?? "(no type)") \(labels.reference(link.context))"
    }

    static func kind(_ kind: SpanData.Kind) -> String { "\(kind)" }

    static func status(_ status: SpanData.Status) -> String {
        switch status {
        case .unset: "unset"
        case .ok: "ok"
        case .error(let description): description.isEmpty ? "error" : "error(\(quoted(description)))"
        }
    }

    static func attribute(_ attribute: Attribute) -> String { "\(attribute.key) = \(value(attribute.value))" }

    static func event(_ name: String) -> String { "! \(name)" }

    /// An event, with those of its attributes that are asked for.
    static func words(_ event: SpanData.Event, keys: [String]) -> String {
        let attributes = keys.map { key in
            "\(key) = \(event.attributes.first { $0.key == key }.map { value($0.value) } ?? "absent")"
        }
        return attributes.isEmpty ? event.name : "\(event.name) {" + attributes.joined(separator: ", ") + "}"
    }

    static func value(_ value: AttributeValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .bool(let truth): "\(truth)"
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .array(let values): "[" + values.map(Self.value).joined(separator: ", ") + "]"
        }
    }

    /// Text on one line, so that it can't be taken for the drawing around it.
    static func quoted(_ text: String) -> String { text.debugDescription }
}
