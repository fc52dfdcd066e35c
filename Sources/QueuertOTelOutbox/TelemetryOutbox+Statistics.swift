public import QueuertOTel

extension TelemetryOutbox {
    /// What became of spans, data points and log records.
    public typealias Statistics = OTLPOutboxCounts
}
