public import Logging

/// Sends log records to an OTLP receiver over HTTP or gRPC.
///
/// It tries again, splits and logs as ``OTLPSpanExporter`` does.
public final class OTLPLogRecordExporter: LogRecordExporter {
    private let sender: OTLPSender<LogRecordData>

    /// Makes an exporter.
    ///
    /// It connects with its first batch.
    ///
    /// - Parameters:
    ///   - configuration: How records are sent; its endpoint must be the one for logs.
    ///   - resource: The process that the records come from.
    ///   - outbox: Where requests are kept until the receiver has taken them. Without one, what can't be sent is lost.
    ///   - logger: Told of what the result of an export doesn't say, once per episode; at level `debug` of what it does.
    public init(
        configuration: OTLPConfiguration, resource: Resource, outbox: (any OTLPOutbox)? = nil, logger: Logger
    ) {
        sender = OTLPSender(configuration: configuration, resource: resource, outbox: outbox, logger: logger)
    }

    /// Sends a batch.
    ///
    /// - Parameters:
    ///   - batch: The records. Without any, nothing is sent.
    ///   - timeout: How long the call may take at most; the configured timeout also holds.
    /// - Returns: What became of the batch.
    public func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult {
        sender.export(batch, timeout: timeout)
    }

    /// Ends an export that is under way at once, be it sending or waiting, and makes later ones fail.
    public func interrupt() { sender.interrupt() }
}

extension OTLPLogRecordExporter: DescribedExporter {
    var component: ExporterComponent { sender.component }
}
