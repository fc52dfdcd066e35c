internal import Queuert

/// What makes messages of spans for the outbox in the queue's database.
struct TransactionOutbox: Sendable {
    /// How many spans a message holds at most: as many as a batch.
    private static let messageSize = 512

    private let encode: @Sendable (ArraySlice<SpanData>) -> [UInt8]?
    private let encoding: OTLPConfiguration.Encoding
    private let outbox: any OTLPOutbox
    /// Who else is to have the spans of what is committed; nobody by default.
    private let onlooker: (any SpanProcessor)?
    /// Changes what spans say; nothing by default.
    private let redact: (@Sendable (inout [Attribute]) -> Void)?

    /// Makes one that writes spans as an exporter of a configuration does.
    init(
        _ outbox: any OTLPOutbox, configuration: OTLPConfiguration, resource: Resource,
        onlooker: (any SpanProcessor)? = nil, redact: (@Sendable (inout [Attribute]) -> Void)? = nil
    ) {
        self.outbox = outbox
        self.onlooker = onlooker
        self.redact = redact
        let limit = configuration.maximumRequestBytes
        encoding = configuration.requestEncoding
        switch encoding {
        case .protobuf:
            let encoder = OTLPEncoder(resource: resource)
            encode = { try? encoder.encode($0, maximumBytes: limit) }
        case .json:
            let encoder = OTLPJSONEncoder(resource: resource)
            encode = { try? encoder.encode($0, maximumBytes: limit) }
        }
    }

    /// Makes one that writes spans as it is told.
    init(
        _ outbox: any OTLPOutbox, encoding: OTLPConfiguration.Encoding,
        encode: @escaping @Sendable (ArraySlice<SpanData>) -> [UInt8]?
    ) {
        self.outbox = outbox
        onlooker = nil
        redact = nil
        self.encoding = encoding
        self.encode = encode
    }

    /// The database that the outbox is in, as far as it is known.
    var database: DatabaseIdentity? { outbox.databaseIdentity }

    /// What a message brings along to the commit.
    private struct Collected: Sendable {
        /// When its spans were collected.
        let time: UInt64
        /// The spans, if anybody else is to have them.
        let spans: ArraySlice<SpanData>
    }

    /// The messages of spans, each within the limit of a request; a span that is over the limit by itself is left out and
    /// counted.
    func messages(of spans: [SpanData], collectedAt time: UInt64) -> [TelemetryMessage] {
        var messages: [TelemetryMessage] = []
        let spans = redact.map { redact in spans.map { $0.redacted(by: redact) } } ?? spans
        var parts = stride(from: 0, to: spans.count, by: Self.messageSize).map {
            spans[$0..<min($0 + Self.messageSize, spans.count)]
        }
        parts.reverse()
        while let part = parts.popLast() {
            if let bytes = encode(part) {
                let request = OTLPRequest(
                    signal: .traces, encoding: encoding, message: bytes, itemCount: part.count)
                var message = TelemetryMessage(request)
                message.note = TelemetryMessage.Note(Collected(time: time, spans: onlooker == nil ? [] : part))
                messages.append(message)
            } else if part.count > 1 {
                let middle = part.startIndex + part.count / 2
                parts.append(part[middle...])
                parts.append(part[..<middle])
            } else {
                outbox.couldNotKeep(itemCount: 1)
            }
        }
        return messages
    }

    /// When the spans of a transaction's messages were collected; `nil` if there are none.
    static func time(of messages: [TelemetryMessage]) -> UInt64? {
        (messages.first?.note.value as? Collected)?.time
    }

    /// The messages are in the database.
    func committed(_ messages: [TelemetryMessage]) {
        if let onlooker {
            for case let collected as Collected in messages.lazy.map(\.note.value) {
                for span in collected.spans { onlooker.spanEnded(span) }
            }
        }
        if !messages.isEmpty { outbox.transactionKept(itemCount: messages.reduce(0) { $0 + $1.itemCount }) }
    }
}
