/// Something that traces are found by: a service, a span's name, an attribute with its value, a chain, a job, an error.
///
/// The index holds no text but 48 bits of a hash of it, so whoever finds a trace by a term looks at the trace's spans to be
/// sure.
package struct SearchTerm: Hashable, Sendable {
    /// What a term is about.
    enum Kind: UInt8 {
        case service = 1
        case name, attribute, chain, job, error
        /// A resource and a scope, which have the hash only.
        case origin
    }

    /// The longest text of an attribute's value that is found, in bytes of UTF-8.
    package static let valueLimit = 256

    /// What the index holds.
    package let hash: Int64

    private init(_ kind: Kind, _ first: String, _ second: String? = nil) {
        var hasher = TermHasher(kind)
        if kind != .error { hasher.add(first) }
        if let second { hasher.add(second) }
        hash = hasher.hash
    }

    /// A span of a service.
    ///
    /// - Parameter name: The service's name, or as much of it as is stored.
    /// - Returns: The term.
    package static func service(_ name: String) -> Self { .init(.service, ServiceName.stored(name)) }

    /// A span with a name.
    ///
    /// - Parameter name: The whole name.
    /// - Returns: The term.
    package static func name(_ name: String) -> Self { .init(.name, name) }

    /// A span of a chain.
    ///
    /// - Parameter id: The chain.
    /// - Returns: The term.
    package static func chain(_ id: String) -> Self { .init(.chain, id) }

    /// A span of a job.
    ///
    /// - Parameter id: The job.
    /// - Returns: The term.
    package static func job(_ id: String) -> Self { .init(.job, id) }

    /// A span that ended with an error.
    package static let error = Self(.error, "")

    /// A span with an attribute whose value is text of at most ``valueLimit`` bytes, a whole number or a truth value.
    ///
    /// - Parameters:
    ///   - key: The attribute's name.
    ///   - value: Its value; numbers as digits, truth values as `true` and `false`.
    /// - Returns: The term.
    package static func attribute(_ key: String, _ value: String) -> Self {
        if SpanAttributes.chainKeys.contains(key) { return .chain(value) }
        if SpanAttributes.jobKeys.contains(key) { return .job(value) }
        return .init(.attribute, key, value)
    }

    /// A span of a service, whose name is part of a request.
    static func service(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Self {
        var hasher = TermHasher(.service)
        hasher.add(bytes, range)
        return .init(hash: hasher.hash)
    }

    private init(hash: Int64) { self.hash = hash }

    /// Computes a term's hash; the same everywhere and for ever, since it is stored.
    struct TermHasher {
        private var state: UInt64

        init(_ kind: Kind) { state = 0x9e37_79b9_7f4a_7c15 &* UInt64(kind.rawValue) }

        /// What the index holds.
        var hash: Int64 { Int64(Self.mixed(state) >> 16) }

        /// Adds text.
        ///
        /// - Parameters:
        ///   - bytes: The bytes that hold it.
        ///   - range: Where it is.
        mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
            // The length first, so that no two texts are another two put together.
            add(UInt64(range.count))
            var position = range.lowerBound
            while position + 8 <= range.upperBound {
                add(UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self)))
                position += 8
            }
            guard position < range.upperBound else { return }
            var rest: UInt64 = 0
            while position < range.upperBound {
                rest = rest << 8 | UInt64(bytes[position])
                position += 1
            }
            add(rest)
        }

        mutating func add(_ text: String) {
            let bytes = Array(text.utf8)
            add(bytes.span, 0..<bytes.count)
        }

        private mutating func add(_ word: UInt64) {
            state = Self.mixed(state ^ word) &+ 0x2545_f491_4f6c_dd1d
        }

        private static func mixed(_ value: UInt64) -> UInt64 {
            var value = value &* 0xbf58_476d_1ce4_e5b9
            value ^= value >> 29
            value = value &* 0x94d0_49bb_1331_11eb
            return value ^ value >> 32
        }
    }
}

/// The attributes of a span that name what it is about.
enum SpanAttributes {
    /// The chain, the first that a span has.
    static let chainKeys = ["messaging.message.conversation_id", "queuert.chain.id"]
    /// The job, the first that a span has.
    static let jobKeys = ["messaging.message.id", "queuert.job.id"]
}
