/// A trace with its spans.
package struct StoredTrace: Sendable {
    /// What a list says of it.
    package var summary: TraceSummary
    /// Its spans in the order of their start, each in the coded form of a `ReceivedSpan`.
    package var documents: [String]
    /// Whether it has more spans than were read.
    package var isTruncated: Bool
    /// Spans under whose ids something else was received later; the first is kept.
    package var conflictingSpanIDs: [String]
}

/// Traces that links connect, directly or through others.
package struct LinkedTraces: Sendable {
    /// The traces, the one that was asked for first, then by how many links lie between.
    package var traces: [StoredTrace]
    /// Whether there are more than were read.
    package var isTruncated: Bool
}

/// The spans of a chain.
package struct StoredChain: Sendable {
    /// The spans in the order of their start, each in the coded form of a `ReceivedSpan`.
    package var documents: [String]
    /// The traces that hold them, in the order of their start.
    package var traceIDs: [String]
    /// Whether there are more than were read.
    package var isTruncated: Bool
}

/// What became of received spans.
package struct InsertionResult: Hashable, Sendable {
    /// How many were new.
    package var added = 0
    /// How many were there already, just so.
    package var repeated = 0
    /// How many were there already, but differently: the first is kept and marked.
    package var conflicting = 0
}
