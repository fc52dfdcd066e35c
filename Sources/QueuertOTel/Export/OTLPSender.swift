import Logging
import Synchronization

/// Sends one signal to an OTLP receiver over HTTP or gRPC; what the public exporters have in common.
///
/// A failure of the receiver or the network is tried again for as long as the timeout allows, and then reported; it
/// never throws. Of an episode of failures only the first and the recovery are logged.
final class OTLPSender<Item: OTLPItem>: Sendable {
    /// Whether a header describes the body or the connection, and so is not the user's.
    private static func isReserved(_ name: String) -> Bool {
        ["content-type", "content-encoding", "content-length", "transfer-encoding", "expect", "te"].contains(name)
            || name.hasPrefix("grpc-")
    }

    private let configuration: OTLPConfiguration
    private let encode:
        @Sendable (ArraySlice<Item>, _ maximumBytes: Int) -> Result<[UInt8], OTLPEncoder.MessageTooLarge>
    private let headers: [(name: String, value: String)]
    private let client: Result<HTTPClient, HTTPTransportError>
    private let clock: any ExportClock
    private let retries: RetryPolicy
    private let log: ExportLog
    private let isInterrupted = Atomic(false)

    /// Makes a sender, which connects with its first batch.
    init(
        configuration: OTLPConfiguration, resource: Resource, logger: Logger,
        clock: any ExportClock = SystemExportClock(), retries: RetryPolicy = RetryPolicy()
    ) {
        self.configuration = configuration
        let isGRPC = configuration.endpoint.isGRPC
        switch isGRPC ? .protobuf : configuration.encoding {
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
        log = ExportLog(logger: logger, endpoint: configuration.endpoint, signal: Item.signal)
        self.clock = clock
        self.retries = retries
        var headers = isGRPC ? GRPC.headers(configuration.compression) : Self.headers(configuration)
        for (name, value) in configuration.headers.sorted(by: { $0.key < $1.key }) {
            if HTTPText.isHeaderName(name), HTTPText.isHeaderValue(value),
                !Self.isReserved(name.lowercased())
            {
                headers.append((name, value))
            } else {
                log.headerLeftOut(name: name)
            }
        }
        self.headers = headers
        let settings = HTTPClient.Settings(
            url: configuration.endpoint.url, version: Self.version(configuration.endpoint),
            isLoopback: configuration.endpoint.isLoopback,
            userAgent: "QueuertOTel-OTLP-Exporter-Swift/\(LibraryVersion.current)",
            connectTimeout: configuration.connectTimeout, maximumResponseBytes: configuration.maximumResponseBytes,
            certificateAuthorityPath: configuration.certificateAuthorityPath,
            clientCertificatePath: configuration.clientCertificate?.certificatePath,
            clientKeyPath: configuration.clientCertificate?.keyPath)
        client = Result { () throws(HTTPTransportError) in try HTTPClient(settings) }
    }

    private static func version(_ endpoint: OTLPEndpoint) -> HTTPClient.Version {
        if !endpoint.isGRPC { return .http1 }
        return endpoint.url.hasPrefix("https:") ? .http2OverTLS : .http2InClear
    }

    private static func headers(_ configuration: OTLPConfiguration) -> [(name: String, value: String)] {
        let mediaType = configuration.encoding == .json ? "application/json" : "application/x-protobuf"
        return [("Content-Type", mediaType)]
            + (configuration.compression == .gzip ? [("Content-Encoding", "gzip")] : [])
    }

    /// Sends a batch.
    ///
    /// A batch over the limit of a request is sent in parts. If only some parts arrive, the items of the others count as
    /// rejected. One batch is sent at a time; a second caller waits for the first. Without any items nothing is sent.
    func export(_ batch: [Item], timeout: Duration) -> ExportResult {
        let budget = configuration.timeout.map { min($0, timeout) } ?? timeout
        let deadline = clock.now + budget
        var parts = [batch[...]].filter { !$0.isEmpty }
        var rejected = 0
        var isAnyAccepted = batch.isEmpty
        var failure: ExportResult?
        while let part = parts.popLast() {
            let result: ExportResult
            do throws(OTLPEncoder.MessageTooLarge) {
                let message = try encode(part, configuration.maximumRequestBytes).get()
                result = deliver(message, items: Self.count(part), deadline: deadline)
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
                        + "\(configuration.maximumRequestBytes).")
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
        if isInterrupted.load(ordering: .sequentiallyConsistent) {
            // The process is stopping, which is not a failure of the receiver.
        } else if let failure {
            log.failed(failure)
        } else if !batch.isEmpty {
            log.succeeded()
        }
        if !isAnyAccepted, let failure { return failure }
        return .accepted(rejected: rejected)
    }

    /// Ends an export that is under way at once, be it sending or waiting, and makes later ones fail.
    func interrupt() {
        isInterrupted.store(true, ordering: .sequentiallyConsistent)
        clock.interrupt()
        if case .success(let client) = client { client.interrupt() }
    }

    private static func count(_ items: ArraySlice<Item>) -> Int { items.reduce(0) { $0 + $1.itemCount } }

    /// Sends one message until it is taken or refused, or the time is up.
    private func deliver(_ message: [UInt8], items: Int, deadline: Duration) -> ExportResult {
        let body: [UInt8]
        do throws(Gzip.Failure) {
            let isCompressed = configuration.compression == .gzip
            let content = isCompressed ? try Gzip.compress(message) : message
            body = configuration.endpoint.isGRPC ? GRPC.frame(content, isCompressed: isCompressed) : content
        } catch {
            return .refused(reason: error.description)
        }
        var reason: String?
        var tries = 0
        while true {
            let remaining = deadline - clock.now
            guard !isInterrupted.load(ordering: .sequentiallyConsistent) else {
                return .unavailable(reason: reason ?? "The export was interrupted.")
            }
            guard remaining > .zero else {
                return .unavailable(reason: reason ?? "The time was up before the batch could be sent.")
            }
            let wish: Duration?
            switch send(body, items: items, timeout: remaining, earlier: reason) {
            case .accepted(let rejected, let message):
                log.answered(rejected: rejected, message: message)
                return .accepted(rejected: rejected)
            case .refused(let why): return .refused(reason: why)
            case .retry(let why, let after):
                reason = why
                wish = after
            }
            tries += 1
            let timeLeft = deadline - clock.now
            if timeLeft > .zero { clock.wait(retries.wait(afterTries: tries, wish: wish, remaining: timeLeft)) }
        }
    }

    /// Makes one try; `earlier` is why the one before failed.
    private func send(_ body: [UInt8], items: Int, timeout: Duration, earlier: String?) -> OTLPAnswer {
        do throws(HTTPTransportError) {
            if configuration.endpoint.isGRPC {
                let headers = headers + [GRPC.deadline(timeout)]
                let response = try client.get().post(body, headers: headers, timeout: timeout)
                return OTLPAnswer(grpc: response, items: items, maximumBytes: configuration.maximumResponseBytes)
            }
            let response = try client.get().post(body, headers: headers, timeout: timeout)
            return OTLPAnswer(
                response, items: items, maximumBytes: configuration.maximumResponseBytes,
                secondsSince1970: clock.secondsSince1970)
        } catch {
            switch error.code {
            case .timedOut, .interrupted:
                // A try that was cut short says little: the one before knows why the batch is late.
                return .retry(reason: earlier ?? error.description, after: nil)
            default:
                return error.isTransient
                    ? .retry(reason: error.description, after: nil) : .refused(reason: error.description)
            }
        }
    }
}
