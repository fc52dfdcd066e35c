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
        let bytes = traceparent.utf8.span
        let hyphen = UInt8(ascii: "-")
        guard bytes.count >= 55, bytes[2] == hyphen, bytes[35] == hyphen, bytes[52] == hyphen,
            let version = UInt64(lowercaseHex: bytes, from: 0, digits: 2), version != 0xff,
            bytes.count == 55 || (version > 0 && bytes[55] == hyphen),
            let high = UInt64(lowercaseHex: bytes.bytes, from: 3),
            let low = UInt64(lowercaseHex: bytes.bytes, from: 19),
            let span = UInt64(lowercaseHex: bytes.bytes, from: 36),
            let flags = UInt64(lowercaseHex: bytes, from: 53, digits: 2)
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
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            let (zero, hyphen) = (UInt8(ascii: "0"), UInt8(ascii: "-"))
            (bytes[0], bytes[1], bytes[2]) = (zero, zero, hyphen)
            traceID.high.writeLowercaseHex(to: bytes, at: 3)
            traceID.low.writeLowercaseHex(to: bytes, at: 19)
            bytes[35] = hyphen
            spanID.value.writeLowercaseHex(to: bytes, at: 36)
            // The flags that are known have no value above 3.
            (bytes[52], bytes[53], bytes[54]) = (hyphen, zero, zero + flags.intersection(.known).rawValue)
            return 55
        }
    }
}

extension UInt64 {
    /// Reads lower-case hexadecimal digits in the middle of a text, 16 at most.
    fileprivate init?(lowercaseHex text: Span<UInt8>, from start: Int, digits: Int) {
        var value: UInt64 = 0
        for index in start..<start + digits {
            let digit = text[index]
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        self = value
    }
}
