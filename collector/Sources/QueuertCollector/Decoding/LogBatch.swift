/// The log records of a request as the store takes them.
package struct LogBatch: Sendable {
    /// A log record.
    struct Record: Sendable {
        /// Where its message is.
        let message: Range<Int>
        /// The number of its resource and scope in ``LogBatch/origins``.
        let origin: Int
        /// When it happened or, if nobody says, when it was seen.
        var time: UInt64 = 0
        var severity: Int64 = 0
        /// The trace that it belongs to, if it does.
        var trace: TraceBatch.Trace?
        /// The span that it belongs to; zero if to none.
        var spanID: UInt64 = 0
        /// What a search looks at.
        var text = ""
    }

    /// The longest text of a record that a search looks at, in characters.
    static let textLimit = 4096

    /// The request.
    let bytes: [UInt8]
    let origins: [RequestScanner.Origin]
    var records: [Record] = []

    /// Reads a request.
    ///
    /// - Parameter bytes: An `ExportLogsServiceRequest` in protobuf.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    package init(_ bytes: [UInt8]) throws(OTLPDecodingError) {
        try ProtobufScan.check(bytes, .logs)
        let span = bytes.span
        let request = try RequestScanner(span)
        self.bytes = bytes
        origins = request.origins
        for item in request.items { records.append(try Self.record(span, item)) }
    }

    private static func record(
        _ bytes: Span<UInt8>, _ item: RequestScanner.Item
    ) throws(OTLPDecodingError) -> Record {
        var record = Record(message: item.message, origin: item.origin)
        var observed: UInt64 = 0
        var event = ""
        var body = ""
        var reader = ProtobufReader(item.message)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 1): record.time = try reader.fixed64(bytes)
            case (2, 0): record.severity = Int64(Int32(truncatingIfNeeded: try reader.varint(bytes)))
            case (5, 2): body = try text(ofValue: bytes, reader.content(bytes))
            case (9, 2): record.trace = TraceBatch.Trace(bytes, try reader.content(bytes))
            case (10, 2): record.spanID = TraceBatch.Trace.number(bytes, try reader.content(bytes)) ?? 0
            case (11, 1): observed = try reader.fixed64(bytes)
            case (12, 2): event = text(bytes, try reader.content(bytes))
            default: try reader.skip(field, bytes)
            }
        }
        if record.time == 0 { record.time = observed }
        record.text = [event, body].filter { !$0.isEmpty }.joined(separator: " ")
        // Bytes are counted first, since to count the characters of a text takes long.
        if record.text.utf8.count > textLimit { record.text = String(record.text.prefix(textLimit)) }
        return record
    }

    /// The text of a value: as it is if it is text, else as JSON.
    private static func text(
        ofValue bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(OTLPDecodingError) -> String {
        var reader = ProtobufReader(range)
        if let field = try reader.next(bytes), field.number == 1, field.wireType == 2 {
            return text(bytes, try reader.content(bytes))
        }
        let value = bytes.extracting(range).withUnsafeBufferPointer { Array($0) }
        return String(decoding: try OTLPJSON.json(of: value, OTLPSchema.shared.value), as: UTF8.self)
    }

    private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        bytes.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
