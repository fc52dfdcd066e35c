public import Logging

/// Sends spans to an OTLP receiver over HTTP or gRPC.
///
/// A failure of the receiver or the network is tried again for as long as the timeout allows, and then reported; it
/// never throws. That it is lost is logged by whoever exports, as ``BatchSpanProcessor`` does, once per episode. A batch may
/// arrive twice if the connection breaks before the answer is there: receivers know spans by their identifiers.
public final class OTLPSpanExporter: SpanExporter {
    private let sender: OTLPSender<SpanData>

    /// Makes an exporter.
    ///
    /// It connects with its first batch.
    ///
    /// - Parameters:
    ///   - configuration: How spans are sent.
    ///   - resource: The process that the spans come from.
    ///   - outbox: Where requests are kept until the receiver has taken them. Without one, what can't be sent is lost.
    ///   - logger: Told of what the result of an export doesn't say, once per episode; at level `debug` of what it does.
    public init(
        configuration: OTLPConfiguration, resource: Resource, outbox: (any OTLPOutbox)? = nil, logger: Logger
    ) {
        sender = OTLPSender(configuration: configuration, resource: resource, outbox: outbox, logger: logger)
    }

    /// Sends a batch.
    ///
    /// A batch over the limit of a request is sent in parts. If only some parts arrive, the spans of the others count as
    /// rejected. One batch is sent at a time; a second caller waits for the first.
    ///
    /// - Parameters:
    ///   - batch: The spans. Without any, nothing is sent.
    ///   - timeout: How long the call may take at most; the configured timeout also holds.
    /// - Returns: What became of the batch.
    public func export(_ batch: [SpanData], timeout: Duration) -> ExportResult {
        sender.export(batch, timeout: timeout)
    }

    /// Ends an export that is under way at once, be it sending or waiting, and makes later ones fail.
    public func interrupt() { sender.interrupt() }
}

extension OTLPSpanExporter: DescribedExporter {
    var component: ExporterComponent { sender.component }
}
