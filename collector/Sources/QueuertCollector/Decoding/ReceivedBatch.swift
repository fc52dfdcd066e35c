/// A request of any signal, as the store takes it.
package enum ReceivedBatch: Sendable {
    /// Spans.
    case traces(TraceBatch)
    /// Points of metrics.
    case metrics(MetricBatch)
    /// Log records.
    case logs(LogBatch)

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - bytes: The request in protobuf.
    ///   - signal: What it carries.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    package init(_ bytes: [UInt8], _ signal: Signal) throws(OTLPDecodingError) {
        switch signal {
        case .traces: self = .traces(try TraceScanner.scan(bytes))
        case .metrics: self = .metrics(try MetricBatch(bytes))
        case .logs: self = .logs(try LogBatch(bytes))
        }
    }

    /// The request in protobuf.
    var bytes: [UInt8] {
        switch self {
        case .traces(let batch): batch.bytes
        case .metrics(let batch): batch.bytes
        case .logs(let batch): batch.bytes
        }
    }

    /// What it carries.
    package var signal: Signal {
        switch self {
        case .traces: .traces
        case .metrics: .metrics
        case .logs: .logs
        }
    }

    /// How many items can be kept.
    package var count: Int {
        switch self {
        case .traces(let batch): batch.spans.count
        case .metrics(let batch): batch.pointCount
        case .logs(let batch): batch.records.count
        }
    }

    /// How many items were refused.
    package var rejectedCount: Int {
        if case .traces(let batch) = self { batch.rejectedCount } else { 0 }
    }

    /// Why the first of them was refused; empty if none was.
    package var rejectionReason: String {
        if case .traces(let batch) = self { batch.rejectionReason } else { "" }
    }
}
