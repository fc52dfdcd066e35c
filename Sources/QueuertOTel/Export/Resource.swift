/// The process that telemetry comes from, described by attributes.
public struct Resource: Hashable, Sendable {
    /// What is known of the process, each key once.
    public var attributes: [Attribute]

    /// Makes a resource.
    ///
    /// - Parameter attributes: What is known of the process, each key once.
    public init(attributes: [Attribute] = []) {
        self.attributes = attributes
    }

    /// The value of an attribute, or `nil` if the resource doesn't have it.
    ///
    /// - Parameter key: The attribute's name.
    public subscript(attribute key: String) -> AttributeValue? {
        attributes.first { $0.key == key }?.value
    }

    /// Adds the attributes of another resource, which win where both have a key.
    ///
    /// - Parameter other: The resource whose attributes win.
    /// - Returns: The attributes of both.
    public func merging(_ other: Resource) -> Resource {
        let winners = Set(other.attributes.map(\.key))
        return Resource(attributes: attributes.filter { !winners.contains($0.key) } + other.attributes)
    }
}
