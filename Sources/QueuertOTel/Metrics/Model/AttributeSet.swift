/// What a measurement is told apart by: attributes in the order of their names, each name once.
///
/// Make it once where it is used often. A set hashes when it is made, not each time that it is looked up.
public struct AttributeSet: Sendable {
    /// The attributes, in the order of their names.
    public let attributes: [Attribute]
    private let hash: Int

    /// No attributes.
    public static let empty = AttributeSet([])
    /// What stands for all sets beyond an instrument's limit.
    static let overflow = AttributeSet([Attribute("otel.metric.overflow", true)])

    /// Makes a set.
    ///
    /// - Parameter attributes: The attributes, in any order; of a name that comes more than once, the last counts.
    public init(_ attributes: [Attribute]) {
        var sorted = attributes
        if attributes.count > 1 {
            var last: [String: AttributeValue] = [:]
            for attribute in attributes { last[attribute.key] = attribute.value }
            sorted = last.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) }
        }
        self.attributes = sorted
        hash = sorted.hashValue
    }
}

extension AttributeSet: Hashable {
    /// Whether both have the same attributes.
    ///
    /// - Parameters:
    ///   - left: A set.
    ///   - right: Another.
    /// - Returns: Whether they are the same.
    public static func == (left: AttributeSet, right: AttributeSet) -> Bool {
        left.hash == right.hash && left.attributes == right.attributes
    }

    /// Feeds the hash.
    ///
    /// - Parameter hasher: What takes it.
    public func hash(into hasher: inout Hasher) { hasher.combine(hash) }
}

extension AttributeSet: ExpressibleByDictionaryLiteral {
    /// Makes a set of a literal.
    ///
    /// - Parameter elements: Names and values.
    public init(dictionaryLiteral elements: (String, AttributeValue)...) {
        self.init(elements.map { Attribute($0.0, $0.1) })
    }
}
