/// What a request's body held: the spans that can be kept, and how many can't.
package struct DecodedTraces: Sendable {
    /// The spans with valid ids.
    package private(set) var spans: [ReceivedSpan] = []
    /// How many spans were refused.
    package private(set) var rejectedCount = 0
    /// Why the first of them was refused; empty if none was.
    package private(set) var rejectionReason = ""

    /// Makes the result of an empty request.
    package init() {}

    /// Keeps a span, or counts it as refused if its ids are invalid.
    ///
    /// - Parameter span: The span, with ids as they came.
    mutating func add(_ span: ReceivedSpan) {
        var span = span
        guard let traceID = HexadecimalID.normalized(span.traceID, length: HexadecimalID.traceLength) else {
            return reject(span, "its trace id isn't 16 bytes, or is all zeros")
        }
        guard let spanID = HexadecimalID.normalized(span.spanID, length: HexadecimalID.spanLength) else {
            return reject(span, "its span id isn't 8 bytes, or is all zeros")
        }
        span.traceID = traceID
        span.spanID = spanID
        // Some senders write zeros where there is no parent.
        if span.parentSpanID.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) {
            span.parentSpanID = ""
        } else {
            guard let parent = HexadecimalID.normalized(span.parentSpanID, length: HexadecimalID.spanLength) else {
                return reject(span, "its parent span id isn't 8 bytes")
            }
            span.parentSpanID = parent
        }
        let linkCount = span.links.count
        span.links = span.links.compactMap { link in
            var link = link
            guard let traceID = HexadecimalID.normalized(link.traceID, length: HexadecimalID.traceLength),
                let spanID = HexadecimalID.normalized(link.spanID, length: HexadecimalID.spanLength)
            else { return nil }
            link.traceID = traceID
            link.spanID = spanID
            return link
        }
        // A link to nowhere isn't worth the span: it is dropped and counted, as the sender would have.
        span.droppedLinks &+= UInt32(clamping: linkCount - span.links.count)
        spans.append(span)
    }

    private mutating func reject(_ span: ReceivedSpan, _ reason: String) {
        rejectedCount += 1
        if rejectionReason.isEmpty { rejectionReason = "span '\(span.name.prefix(100))' was refused: \(reason)" }
    }
}
