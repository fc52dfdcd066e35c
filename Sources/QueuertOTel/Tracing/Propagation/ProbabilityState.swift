/// What samplers of OpenTelemetry tell each other in a `tracestate`: its entry `ot`, such as `ot=th:c;rv:6e6d1a75832a2f`.
///
/// Other fields of the entry are passed on as they are.
struct ProbabilityState: Hashable {
    /// The entry's name.
    static let key = "ot"
    /// The numbers have 56 bits.
    static let digits = 14
    /// What both numbers are below of.
    static let range: UInt64 = 1 << 56
    /// An entry may not become longer.
    private static let maximumLength = 256

    /// The first number that the sampler records, `th`: the share of traces that is recorded is known by it.
    var threshold: UInt64?
    /// The number to compare with it, `rv`, where the trace's identifier isn't to be taken.
    var randomness: UInt64?
    /// The entry's other fields.
    private var others: [Substring] = []

    /// Makes an entry that says nothing.
    init() {}

    /// Reads the entry of a header; fields that can't be read are left out.
    init(tracestate: String) {
        guard let entry = Self.entries(of: tracestate).first(where: Self.isOwn) else { return }
        for field in entry.dropFirst(Self.key.count + 1).split(separator: ";") {
            if field.hasPrefix("th:") {
                threshold = Self.threshold(field.dropFirst(3))
            } else if field.hasPrefix("rv:") {
                randomness = Self.randomness(field.dropFirst(3))
            } else {
                others.append(field)
            }
        }
    }

    /// Whether the entry says nothing and is left out.
    var isEmpty: Bool { threshold == nil && randomness == nil && others.isEmpty }

    /// A header with this entry in the place of its own, to the left of all others if it has changed.
    func applied(to tracestate: String) -> String {
        if self == ProbabilityState(tracestate: tracestate) { return tracestate }
        let others = Self.entries(of: tracestate).filter { !Self.isOwn($0) }
        // Together with the new entry there may be no more than a header holds.
        let kept = isEmpty ? others[...] : others.prefix(Tracestate.maximumEntries - 1)
        return ((isEmpty ? [] : [Substring(entry)]) + kept).joined(separator: ",")
    }

    private var entry: String {
        var text = "\(Self.key)="
        if let threshold { text += "th:\(Self.text(ofThreshold: threshold))" }
        if let randomness { text += "\(threshold == nil ? "" : ";")rv:\(randomness.lowercaseHex.suffix(Self.digits))" }
        for field in others where text.utf8.count + field.utf8.count < Self.maximumLength {
            text += (text.hasSuffix("=") ? "" : ";") + field
        }
        return text
    }

    /// The digits of a threshold; zeros at its end are left out.
    private static func text(ofThreshold threshold: UInt64) -> Substring {
        var text = threshold.lowercaseHex.suffix(digits)
        while text.count > 1, text.last == "0" { text.removeLast() }
        return text
    }

    /// Reads one to 14 digits, to which zeros are added at the end.
    private static func threshold(_ text: Substring) -> UInt64? {
        guard (1...digits).contains(text.utf8.count), let value = UInt64(lowercaseHex: text.utf8) else { return nil }
        return value << UInt64(4 * (digits - text.utf8.count))
    }

    private static func randomness(_ text: Substring) -> UInt64? {
        text.utf8.count == digits ? UInt64(lowercaseHex: text.utf8) : nil
    }

    private static func entries(of tracestate: String) -> [Substring] {
        tracestate.split(separator: ",").map { $0.trimmingSpaces() }.filter { !$0.isEmpty }
    }

    private static func isOwn(_ entry: Substring) -> Bool { entry.hasPrefix("\(key)=") }
}

extension TraceContext {
    /// The number by which samplers decide about the trace: what its `tracestate` says, else the last 56 bits of its
    /// identifier.
    var randomness: UInt64 {
        ProbabilityState(tracestate: state).randomness ?? traceID.low & (ProbabilityState.range - 1)
    }
}
