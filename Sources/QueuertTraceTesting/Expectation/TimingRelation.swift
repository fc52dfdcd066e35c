import QueuertOTel

/// How the time of a span relates to that of another.
struct TimingRelation: Sendable {
    enum Kind: Sendable {
        /// From the other's end to this one's start.
        case afterEnd(DurationMatcher)
        /// From the other's start to this one's start.
        case afterStart(DurationMatcher)
        /// All of the other lies in this one.
        case encloses
        /// All of this one lies in the other.
        case during
    }

    let kind: Kind

    func holds(_ span: SpanData, _ other: SpanData) -> Bool {
        switch kind {
        case .afterEnd(let matcher): matcher.matches(span.start.time(since: other.end))
        case .afterStart(let matcher): matcher.matches(span.start.time(since: other.start))
        case .encloses: span.start <= other.start && span.end >= other.end
        case .during: other.start <= span.start && other.end >= span.end
        }
    }

    /// What is asked for, and what is wanted of it.
    func expectation(of name: String) -> (property: String, wanted: String) {
        switch kind {
        case .afterEnd(let matcher): ("starts after «\(name)»", matcher.description)
        case .afterStart(let matcher): ("starts after the start of «\(name)»", matcher.description)
        case .encloses: ("encloses «\(name)»", "from its start to its end")
        case .during: ("during «\(name)»", "from its start to its end")
        }
    }

    func found(_ span: SpanData, _ other: SpanData) -> String {
        switch kind {
        case .afterEnd: "\(span.start.time(since: other.end))"
        case .afterStart: "\(span.start.time(since: other.start))"
        case .encloses:
            "starts \(other.start.time(since: span.start)) before it, ends \(span.end.time(since: other.end)) after it"
        case .during:
            "starts \(span.start.time(since: other.start)) after it, ends \(other.end.time(since: span.end)) before it"
        }
    }
}

extension UInt64 {
    /// How long after another moment this one is, both in nanoseconds; negative if it is before.
    func time(since other: UInt64) -> Duration { .nanoseconds(Int64(bitPattern: self &- other)) }
}

extension SpanData {
    /// How long the span took.
    var duration: Duration { end.time(since: start) }
}
