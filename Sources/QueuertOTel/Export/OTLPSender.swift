import Logging

/// Sends one signal to an OTLP receiver over HTTP or gRPC, or to an outbox; what the public exporters have in common.
///
/// A failure of the receiver or the network is tried again for as long as the timeout allows, and then reported; it
/// never throws. That a batch is lost is for the caller to log; here it is only for debugging.
final class OTLPSender<Item: OTLPItem>: Sendable {
    /// What its exporter is called.
    let component: ExporterComponent
    private let maximumRequestBytes: Int
    private let encoding: OTLPConfiguration.Encoding
    private let encode:
        @Sendable (ArraySlice<Item>, _ maximumBytes: Int) -> Result<[UInt8], OTLPEncoder.MessageTooLarge>
    private let requests: OTLPRequestSender
    private let outbox: (any OTLPOutbox)?

    /// Makes a sender, which connects with its first batch.
    init(
        configuration: OTLPConfiguration, resource: Resource, outbox: (any OTLPOutbox)? = nil, logger: Logger,
        clock: any ExportClock = SystemExportClock(), retries: RetryPolicy = RetryPolicy()
    ) {
        component = ExporterComponent(signal: Item.signal, configuration: configuration)
        maximumRequestBytes = configuration.maximumRequestBytes
        encoding = configuration.requestEncoding
        switch encoding {
        case .protobuf:
            let encoder = OTLPEncoder(resource: resource)
            encode = { part, limit in
                Result { () throws(OTLPEncoder.MessageTooLarge) in try encoder.encode(part, maximumBytes: limit) }
            }
        case .json:
            let encoder = OTLPJSONEncoder(resource: resource)
            encode = { part, limit in
                Result { () throws(OTLPEncoder.MessageTooLarge) in try encoder.encode(part, maximumBytes: limit) }
            }
        }
        requests = OTLPRequestSender(
            signal: Item.signal, configuration: configuration, logger: logger, clock: clock, retries: retries)
        self.outbox = outbox
        // One of its own: what the outbox sends holds up no export, and the end of an export ends none of its calls.
        outbox?.attach(OTLPRequestSender(besides: requests))
    }

    /// Sends a batch, or leaves it to the outbox.
    ///
    /// A batch over the limit of a request is sent in parts. If only some parts arrive, the items of the others count as
    /// rejected. One batch is sent at a time; a second caller waits for the first. Without any items nothing is sent.
    func export(_ batch: [Item], timeout: Duration) -> ExportResult {
        let deadline = requests.deadline(after: timeout)
        var parts = [batch[...]].filter { !$0.isEmpty }
        var rejected = 0
        var isAnyAccepted = batch.isEmpty
        var failure: ExportResult?
        while let part = parts.popLast() {
            let result: ExportResult
            do throws(OTLPEncoder.MessageTooLarge) {
                let message = try encode(part, maximumRequestBytes).get()
                result = deliver(
                    OTLPRequest(
                        signal: Item.signal, encoding: encoding, message: message, itemCount: Self.count(part)),
                    deadline: deadline)
            } catch {
                guard part.count == 1 else {
                    let middle = part.startIndex + part.count / 2
                    parts.append(part[middle...])
                    parts.append(part[..<middle])
                    continue
                }
                result = .refused(
                    reason:
                        "\(Item.signal.item) of \(error.byteCount) bytes is over the limit of "
                        + "\(maximumRequestBytes).", cause: .tooLarge)
            }
            switch result {
            case .accepted(let count):
                isAnyAccepted = true
                rejected += count
            case .refused:
                failure = result
                rejected += Self.count(part)
            case .unavailable:
                failure = result
                rejected += Self.count(part) + parts.reduce(0) { $0 + Self.count($1) }
                parts.removeAll()
            }
        }
        if requests.isInterrupted {
            // The process is stopping, which is not a failure of the receiver.
        } else if let reason = failure?.reason {
            if isAnyAccepted { requests.log.failedInPart(reason) } else { requests.log.failed(reason) }
        } else if !batch.isEmpty {
            requests.log.succeeded()
        }
        if !isAnyAccepted, let failure { return failure }
        return .accepted(rejected: rejected)
    }

    /// Ends an export that is under way at once, be it sending or waiting, and makes later ones fail.
    func interrupt() { requests.interrupt() }

    private func deliver(_ request: OTLPRequest, deadline: Duration) -> ExportResult {
        if let outbox, outbox.keep(request) { return .accepted(rejected: 0) }
        return requests.send(request, deadline: deadline)
    }

    private static func count(_ items: ArraySlice<Item>) -> Int { items.reduce(0) { $0 + $1.itemCount } }
}
