extension TraceContext {
    /// Reads the header `traceparent`, and `tracestate` with it.
    ///
    /// The result is remote, and `nil` if `traceparent` is invalid: short, in capitals, with an identifier that is all
    /// zero, or of the forbidden version `ff`. Later versions are read as far as version `00` goes. Flags without a
    /// name are dropped. A `tracestate` that is invalid is dropped by itself. W3C Trace Context level 2, sections 3.2
    /// and 4.
    ///
    /// - Parameters:
    ///   - traceparent: The header's value, without spaces around it.
    ///   - tracestate: The value of the header `tracestate`, or `nil` if there is none.
    public init?(traceparent: String, tracestate: String? = nil) {
        var reader = HexadecimalReader(traceparent)
        guard let version = reader.word(digits: 2), version != 0xff,
            reader.skipHyphen(),
            let high = reader.word(digits: 16), let low = reader.word(digits: 16),
            reader.skipHyphen(),
            let span = reader.word(digits: 16),
            reader.skipHyphen(),
            let flags = reader.word(digits: 2),
            reader.isAtEnd || (version > 0 && reader.skipHyphen())
        else { return nil }
        let traceID = TraceID(high: high, low: low)
        let spanID = SpanID(value: span)
        guard traceID.isValid, spanID.isValid else { return nil }
        self.init(
            traceID: traceID, spanID: spanID,
            flags: TraceFlags(rawValue: UInt8(flags)).intersection(.known),
            state: tracestate.flatMap(Tracestate.init)?.header ?? "",
            isRemote: true)
    }

    /// The header `traceparent` for this context: 55 characters of version `00`.
    public var traceparent: String {
        String(unsafeUninitializedCapacity: 55) { buffer in
            var position = 0
            func append(_ word: UInt64, digits: Int) {
                for shift in stride(from: 4 * (digits - 1), through: 0, by: -4) {
                    let digit = UInt8(truncatingIfNeeded: word >> UInt64(shift)) & 0xf
                    buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                    position += 1
                }
            }
            func appendHyphen() {
                buffer[position] = UInt8(ascii: "-")
                position += 1
            }
            append(0, digits: 2)
            appendHyphen()
            append(traceID.high, digits: 16)
            append(traceID.low, digits: 16)
            appendHyphen()
            append(spanID.value, digits: 16)
            appendHyphen()
            append(UInt64(flags.intersection(.known).rawValue), digits: 2)
            return position
        }
    }
}

/// Reads fields of lower-case hexadecimal digits, one after the other.
private struct HexadecimalReader {
    private var bytes: Substring.UTF8View

    init(_ text: String) { bytes = Substring(text).utf8 }

    var isAtEnd: Bool { bytes.isEmpty }

    mutating func word(digits: Int) -> UInt64? {
        let field = bytes.prefix(digits)
        guard field.count == digits, let word = UInt64(lowercaseHex: field) else { return nil }
        bytes.removeFirst(digits)
        return word
    }

    mutating func skipHyphen() -> Bool {
        guard bytes.first == UInt8(ascii: "-") else { return false }
        bytes.removeFirst()
        return true
    }
}
