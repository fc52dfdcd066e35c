/// The spans of a request as the store takes them: where each is in the request's bytes, and what it is found by.
///
/// Spans are kept as they came and are read in full only when someone asks for them.
package struct TraceBatch: Sendable {
    /// A trace that some of the spans belong to.
    struct Trace: Hashable, Sendable {
        let high: UInt64
        let low: UInt64

        /// Reads an id; `nil` if it isn't 16 bytes, or is all zeros.
        init?(_ bytes: Swift.Span<UInt8>, _ range: Range<Int>) {
            guard range.count == 16, let high = Self.number(bytes, range.prefix(8)),
                let low = Self.number(bytes, range.suffix(8)), high != 0 || low != 0
            else { return nil }
            (self.high, self.low) = (high, low)
        }

        /// Reads the id of a span; `nil` if it isn't 8 bytes.
        static func number(_ bytes: Swift.Span<UInt8>, _ range: Range<Int>) -> UInt64? {
            guard range.count == 8 else { return nil }
            let raw = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)
            return UInt64(bigEndian: raw)
        }

        /// The id in lower-case hexadecimal.
        var text: String {
            withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { HexadecimalID.text(of: $0) }
        }
    }

    /// A span whose ids are valid.
    struct Span: Sendable {
        /// Where its message is.
        var message: Range<Int>
        /// The number of its trace in ``TraceBatch/traces``.
        var trace = 0
        /// The number of its resource and scope in ``TraceBatch/origins``.
        var origin = 0
        var spanID: UInt64 = 0
        /// The span above; zero if there is none.
        var parentSpanID: UInt64 = 0
        var name: Range<Int>
        var kind: Int64 = 0
        var startTime: UInt64 = 0
        var endTime: UInt64 = 0
        var status: Int64 = 0
        var chain: Range<Int>?
        var job: Range<Int>?

        var duration: UInt64 { endTime > startTime ? endTime - startTime : 0 }
    }

    /// A link from one trace to another.
    struct Link: Sendable {
        /// The number of the span that has it.
        let span: Int
        let trace: Trace
        let spanID: UInt64
        /// Where Queuert's word for the relation is.
        let type: Range<Int>?
    }

    /// What a trace is found by.
    struct Term: Sendable {
        let hash: Int64
        /// The number of the trace.
        let trace: Int
    }

    /// A name that people choose from: of a service, of spans, of an attribute.
    struct Word: Sendable {
        /// The kinds of names.
        enum Kind: String, Sendable { case service, name, key }
        let kind: Kind
        let text: Range<Int>
    }

    /// The request.
    let bytes: [UInt8]
    let origins: [RequestScanner.Origin]
    var traces: [Trace] = []
    var spans: [Span] = []
    var links: [Link] = []
    /// In the order of their hashes, each once.
    var terms: [Term] = []
    var words: [Word] = []
    /// How many spans were refused.
    package internal(set) var rejectedCount = 0
    /// Why the first of them was refused; empty if none was.
    package internal(set) var rejectionReason = ""

    init(bytes: [UInt8] = [], origins: [RequestScanner.Origin] = []) {
        self.bytes = bytes
        self.origins = origins
    }

    /// How many spans can be kept.
    package var spanCount: Int { spans.count }

    /// Text of the request.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
