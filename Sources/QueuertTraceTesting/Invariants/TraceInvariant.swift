/// Something that must hold for all telemetry, whatever a test expects.
///
/// Each expectation checks all of them. ``without(_:)`` leaves some out by name, and ``withoutInvariants()`` all.
public struct TraceInvariant: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    private enum Base: String, CaseIterable {
        case uniqueIdentifiers, validIdentifiers, endsAfterStart, parentsKnown, validLinks, linkTypes, noStatusOK
        case registeredNames, contiguousAttempts, noLeakedContext, boundedMetricAttributes
    }
    private let base: Base

    /// No two spans have the same identifier, not even one that a collector has left out for it.
    public static let uniqueIdentifiers = Self(base: .uniqueIdentifiers)
    /// No identifier is all zero.
    public static let validIdentifiers = Self(base: .validIdentifiers)
    /// No span ends before it starts.
    public static let endsAfterStart = Self(base: .endsAfterStart)
    /// The parent of a span is in the same trace, and was recorded, is open or is of another process.
    public static let parentsKnown = Self(base: .parentsKnown)
    /// Links lead to another span, whose identifier isn't all zero.
    public static let validLinks = Self(base: .validLinks)
    /// The links of Queuert's own spans say what the relation is.
    public static let linkTypes = Self(base: .linkTypes)
    /// No span has the status ok, which is for applications to set.
    public static let noStatusOK = Self(base: .noStatusOK)
    /// What the queue tells is registered, with its attributes and their values: `TelemetryRegistry.queuert`.
    public static let registeredNames = Self(base: .registeredNames)
    /// The attempts of a job are numbered from 1 on without a gap, each once, as far as they were recorded.
    ///
    /// They begin with 1 again only after one that has failed for good, and have a number again only where an attempt was
    /// given back.
    public static let contiguousAttempts = Self(base: .contiguousAttempts)
    /// No attempt is below another attempt, and what is below one starts before its end.
    public static let noLeakedContext = Self(base: .noLeakedContext)
    /// No metric is told apart by what there is no end of, such as the identifiers of jobs.
    public static let boundedMetricAttributes = Self(base: .boundedMetricAttributes)

    /// All of them.
    public static var allCases: [TraceInvariant] { Base.allCases.map(Self.init(base:)) }

    /// Its name, as it is written in code.
    public var description: String { base.rawValue }
}
