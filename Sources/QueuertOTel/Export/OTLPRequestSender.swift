public import Logging
internal import Synchronization

/// Sends encoded requests of one signal to an OTLP receiver over HTTP or gRPC.
///
/// A failure of the receiver or the network is tried again for as long as the timeout allows, and then reported; it
/// never throws. One request is sent at a time; a second caller waits for the first.
public final class OTLPRequestSender: Sendable {
    /// Which signal's requests it sends.
    public let signal: OTLPSignal
    /// How long a request may take, all tries included; `nil` for no limit.
    public let timeout: Duration?
    /// How large a request may be before compression.
    package var maximumRequestBytes: Int { configuration.maximumRequestBytes }
    private let configuration: OTLPConfiguration
    private let headers: [(name: String, value: String)]
    private let client: Result<HTTPClient, HTTPTransportError>
    private let clock: any ExportClock
    private let retries: RetryPolicy
    let log: ExportLog
    private let interruption = Atomic(false)

    /// Makes a sender.
    ///
    /// It connects with its first request.
    ///
    /// - Parameters:
    ///   - signal: Which signal's requests are sent.
    ///   - configuration: How they are sent; its endpoint must be the one for the signal.
    ///   - logger: Told of headers that can't be sent and of complaints of the receiver, once per episode.
    public convenience init(signal: OTLPSignal, configuration: OTLPConfiguration, logger: Logger) {
        self.init(
            signal: signal, configuration: configuration, logger: logger, clock: SystemExportClock(),
            retries: RetryPolicy())
    }

    init(
        signal: OTLPSignal, configuration: OTLPConfiguration, logger: Logger, clock: any ExportClock,
        retries: RetryPolicy
    ) {
        self.signal = signal
        self.configuration = configuration
        timeout = configuration.timeout
        log = ExportLog(logger: logger, endpoint: configuration.endpoint, signal: signal)
        self.clock = clock
        self.retries = retries
        headers = Self.sendable(configuration.headers, log)
        if configuration.userAgentProduct != nil, Self.product(configuration) == nil {
            log.headerLeftOut(name: "User-Agent")
        }
        client = Self.client(configuration)
    }

    /// Makes a sender with a connection of its own, which sends as another does and shares its log.
    init(besides other: OTLPRequestSender) {
        signal = other.signal
        timeout = other.timeout
        configuration = other.configuration
        headers = other.headers
        log = other.log
        clock = SystemExportClock()
        retries = other.retries
        client = Self.client(configuration)
    }

    private static func client(_ configuration: OTLPConfiguration) -> Result<HTTPClient, HTTPTransportError> {
        let settings = HTTPClient.Settings(
            url: configuration.endpoint.url, version: version(configuration.endpoint),
            isLoopback: configuration.endpoint.isLoopback,
            userAgent: (product(configuration).map { "\($0) " } ?? "")
                + "QueuertOTel-OTLP-Exporter-Swift/\(LibraryVersion.current)",
            connectTimeout: configuration.connectTimeout, maximumResponseBytes: configuration.maximumResponseBytes,
            certificateAuthorityPath: configuration.certificateAuthorityPath,
            clientCertificatePath: configuration.clientCertificate?.certificatePath,
            clientKeyPath: configuration.clientCertificate?.keyPath)
        return Result { () throws(HTTPTransportError) in try HTTPClient(settings) }
    }

    /// What the user's program calls itself, if that can be sent.
    private static func product(_ configuration: OTLPConfiguration) -> String? {
        configuration.userAgentProduct.flatMap { !$0.isEmpty && HTTPText.isHeaderValue($0) ? $0 : nil }
    }

    /// The headers that can be sent, by name; the log is told of the others.
    private static func sendable(_ headers: [String: String], _ log: ExportLog) -> [(name: String, value: String)] {
        var sendable: [(name: String, value: String)] = []
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            if HTTPText.isHeaderName(name), HTTPText.isHeaderValue(value), !isReserved(name.lowercased()) {
                sendable.append((name, value))
            } else {
                log.headerLeftOut(name: name)
            }
        }
        return sendable
    }

    /// Whether a header describes the body or the connection, and so is not the user's.
    private static func isReserved(_ name: String) -> Bool {
        ["content-type", "content-encoding", "content-length", "transfer-encoding", "expect", "te"].contains(name)
            || name.hasPrefix("grpc-")
    }

    private static func version(_ endpoint: OTLPEndpoint) -> HTTPClient.Version {
        if !endpoint.isGRPC { return .http1 }
        return endpoint.url.hasPrefix("https:") ? .http2OverTLS : .http2InClear
    }

    /// The headers of a try: what describes the body, and the user's.
    private func headers(_ encoding: OTLPConfiguration.Encoding) -> [(name: String, value: String)] {
        guard let provider = configuration.headerProvider else { return bodyHeaders(encoding) + headers }
        let provided = Self.sendable(provider.headers(), log)
        let names = Set(provided.map { $0.name.lowercased() })
        return bodyHeaders(encoding) + headers.filter { !names.contains($0.name.lowercased()) } + provided
    }

    private func bodyHeaders(_ encoding: OTLPConfiguration.Encoding) -> [(name: String, value: String)] {
        if configuration.endpoint.isGRPC { return GRPC.headers(configuration.compression) }
        let mediaType = encoding == .json ? "application/json" : "application/x-protobuf"
        return [("Content-Type", mediaType)]
            + (configuration.compression == .gzip ? [("Content-Encoding", "gzip")] : [])
    }

    /// Sends a request.
    ///
    /// Blocks the thread until it is taken, refused or given up.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - timeout: How long the call may take at most; the configured timeout also holds.
    /// - Returns: What became of it.
    public func send(_ request: OTLPRequest, timeout: Duration) -> ExportResult {
        send(request, deadline: deadline(after: timeout))
    }

    /// Ends a call that is under way at once, be it sending or waiting, and makes later ones fail.
    ///
    /// Any thread may call.
    public func interrupt() {
        interruption.store(true, ordering: .sequentiallyConsistent)
        clock.interrupt()
        if case .success(let client) = client { client.interrupt() }
    }

    var isInterrupted: Bool { interruption.load(ordering: .sequentiallyConsistent) }

    /// When the time is up for what may take so long, by the sender's clock.
    func deadline(after timeout: Duration) -> Duration {
        clock.now + (configuration.timeout.map { min($0, timeout) } ?? timeout)
    }

    /// Sends one request until it is taken or refused, or the time is up.
    func send(_ request: OTLPRequest, deadline: Duration) -> ExportResult {
        let body: [UInt8]
        do throws(Unsendable) {
            body = try self.body(request)
        } catch {
            return .refused(reason: error.reason, cause: .misconfigured)
        }
        var failure: Failure?
        var tries = 0
        while true {
            let remaining = deadline - clock.now
            guard !isInterrupted else {
                return .unavailable(
                    reason: failure?.reason ?? "The export was interrupted.", cause: failure?.cause ?? .interrupted)
            }
            guard remaining > .zero else {
                return .unavailable(
                    reason: failure?.reason ?? "The time was up before the batch could be sent.",
                    cause: failure?.cause ?? .timeout)
            }
            let wish: Duration?
            switch post(body, of: request, timeout: remaining, earlier: failure) {
            case .accepted(let rejected, let message):
                log.answered(rejected: rejected, message: message)
                return .accepted(rejected: rejected)
            case .refused(let reason, let cause): return .refused(reason: reason, cause: cause)
            case .unreachable(let reason, let cause): return .unavailable(reason: reason, cause: cause)
            case .retry(let reason, let after, let cause):
                failure = Failure(reason: reason, cause: cause)
                wish = after
            }
            tries += 1
            let timeLeft = deadline - clock.now
            if timeLeft > .zero { clock.wait(retries.wait(afterTries: tries, wish: wish, remaining: timeLeft)) }
        }
    }

    /// Tries once to send a request; the caller decides when to try again.
    ///
    /// What this side is at fault for, such as a certificate's file that isn't there, is no refusal here: the same
    /// request may be sent once that is put right.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - timeout: How long the call may take at most; the configured timeout also holds.
    /// - Returns: What became of it, and how long the receiver wants not to be asked again, if it said so.
    package func sendOnce(_ request: OTLPRequest, timeout: Duration) -> (result: ExportResult, retryAfter: Duration?) {
        let body: [UInt8]
        do throws(Unsendable) {
            body = try self.body(request)
        } catch {
            guard error.isForGood else { return (.unavailable(reason: error.reason, cause: .misconfigured), nil) }
            return (.refused(reason: error.reason, cause: .misconfigured), nil)
        }
        guard !isInterrupted else {
            return (.unavailable(reason: "The export was interrupted.", cause: .interrupted), nil)
        }
        let answer = post(
            body, of: request, timeout: configuration.timeout.map { min($0, timeout) } ?? timeout, earlier: nil)
        switch answer {
        case .accepted(let rejected, let message):
            log.answered(rejected: rejected, message: message)
            return (.accepted(rejected: rejected), nil)
        case .refused(let reason, .misconfigured):
            return (.unavailable(reason: reason, cause: .misconfigured), nil)
        case .refused(let reason, let cause): return (.refused(reason: reason, cause: cause), nil)
        case .unreachable(let reason, let cause): return (.unavailable(reason: reason, cause: cause), nil)
        case .retry(let reason, let after, let cause): return (.unavailable(reason: reason, cause: cause), after)
        }
    }

    /// Why a try failed.
    private struct Failure {
        let reason: String
        let cause: ExportFailureCause
    }

    /// Why a request can't be sent at all.
    private struct Unsendable: Error {
        let reason: String
        /// Whether it never can be, as long as this sender is configured as it is.
        ///
        /// To keep such a request would hold up all that come after it.
        let isForGood: Bool
    }

    /// The request as it goes over the wire.
    private func body(_ request: OTLPRequest) throws(Unsendable) -> [UInt8] {
        let isGRPC = configuration.endpoint.isGRPC
        guard request.encoding == .protobuf || !isGRPC else {
            throw Unsendable(reason: "A request in JSON can't be sent over gRPC.", isForGood: true)
        }
        do throws(Gzip.Failure) {
            let isCompressed = configuration.compression == .gzip
            let content = isCompressed ? try Gzip.compress(request.message) : request.message
            return isGRPC ? GRPC.frame(content, isCompressed: isCompressed) : content
        } catch {
            throw Unsendable(reason: error.description, isForGood: false)
        }
    }

    /// Makes a try, and another one at once if the receiver didn't accept headers that are provided anew for each.
    ///
    /// `earlier` is why the one before failed.
    private func post(
        _ body: [UInt8], of request: OTLPRequest, timeout: Duration, earlier: Failure?
    ) -> OTLPAnswer {
        let end = clock.now + timeout
        let answer = postOnce(body, of: request, timeout: timeout, earlier: earlier)
        guard configuration.headerProvider != nil, answer.isUnauthenticated, !isInterrupted else { return answer }
        let remaining = end - clock.now
        return remaining > .zero ? postOnce(body, of: request, timeout: remaining, earlier: earlier) : answer
    }

    private func postOnce(
        _ body: [UInt8], of request: OTLPRequest, timeout: Duration, earlier: Failure?
    ) -> OTLPAnswer {
        let headers = headers(request.encoding)
        let items = request.itemCount
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
                return .retry(
                    reason: earlier?.reason ?? error.description, after: nil, cause: earlier?.cause ?? error.code.cause)
            case .untrustedReceiver: return .unreachable(reason: error.description, cause: error.code.cause)
            default:
                return error.isTransient
                    ? .retry(reason: error.description, after: nil, cause: error.code.cause)
                    : .refused(reason: error.description, cause: error.code.cause)
            }
        }
    }
}
