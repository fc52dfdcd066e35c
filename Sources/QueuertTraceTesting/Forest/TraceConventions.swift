import QueuertOTel

/// What the harness must know about the spans it reads, other than OpenTelemetry's own rules.
public struct TraceConventions: Hashable, Sendable {
    /// The attribute of a link that says what the relation is.
    public var linkTypeKey: String
    /// The instrumentation scope whose links must all have a type.
    public var scopeName: String

    /// Makes conventions.
    ///
    /// - Parameters:
    ///   - linkTypeKey: The attribute of a link that says what the relation is.
    ///   - scopeName: The instrumentation scope whose links must all have a type.
    public init(linkTypeKey: String, scopeName: String) {
        self.linkTypeKey = linkTypeKey
        self.scopeName = scopeName
    }

    /// What Queuert's own spans follow.
    public static let queuert = TraceConventions(linkTypeKey: "queuert.link.type", scopeName: "queuert")

    /// The type of a link, or `nil` if it has none.
    func type(of link: SpanData.Link) -> String? {
        guard case .string(let type)? = link.attributes.first(where: { $0.key == linkTypeKey })?.value else {
            return nil
        }
        return type
    }
}
