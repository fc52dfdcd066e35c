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
        var headers: [(name: String, value: String)] = []
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
            userAgent: "QueuertOTel-OTLP-Exporter-Swift/\(LibraryVersion.current)",
            connectTimeout: configuration.connectTimeout, maximumResponseBytes: configuration.maximumResponseBytes,
            certificateAuthorityPath: configuration.certificateAuthorityPath,
            clientCertificatePath: configuration.clientCertificate?.certificatePath,
            clientKeyPath: configuration.clientCertificate?.keyPath)
        return Result { () throws(HTTPTransportError) in try HTTPClient(settings) }
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

    /// What describes the body.
    private func headers(_ encoding: OTLPConfiguration.Encoding) -> [(name: String, value: String)] {
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
        do throws(Unsendable) { body = try self.body(request) } catch { return .refused(reason: error.reason) }
        let headers = headers(request.encoding) + headers
        var reason: String?
        var tries = 0
        while true {
            let remaining = deadline - clock.now
            guard !isInterrupted else {
                return .unavailable(reason: reason ?? "The export was interrupted.")
            }
            guard remaining > .zero else {
                return .unavailable(reason: reason ?? "The time was up before the batch could be sent.")
            }
            let wish: Duration?
            switch post(body, headers: headers, items: request.itemCount, timeout: remaining, earlier: reason) {
            case .accepted(let rejected, let message):
                log.answered(rejected: rejected, message: message)
                return .accepted(rejected: rejected)
            case .refused(let why): return .refused(reason: why)
            case .unreachable(let why): return .unavailable(reason: why)
            case .retry(let why, let after):
                reason = why
                wish = after
            }
            tries += 1
            let timeLeft = deadline - clock.now
            if timeLeft > .zero { clock.wait(retries.wait(afterTries: tries, wish: wish, remaining: timeLeft)) }
        }
    }

    /// Tries once to send a request; the caller decides when to try again.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - timeout: How long the call may take at most; the configured timeout also holds.
    /// - Returns: What became of it, and how long the receiver wants not to be asked again, if it said so.
    package func sendOnce(_ request: OTLPRequest, timeout: Duration) -> (result: ExportResult, retryAfter: Duration?) {
        let body: [UInt8]
        do throws(Unsendable) { body = try self.body(request) } catch { return (.refused(reason: error.reason), nil) }
        guard !isInterrupted else { return (.unavailable(reason: "The export was interrupted."), nil) }
        let answer = post(
            body, headers: headers(request.encoding) + headers, items: request.itemCount,
            timeout: configuration.timeout.map { min($0, timeout) } ?? timeout, earlier: nil)
        switch answer {
        case .accepted(let rejected, let message):
            log.answered(rejected: rejected, message: message)
            return (.accepted(rejected: rejected), nil)
        case .refused(let reason): return (.refused(reason: reason), nil)
        case .unreachable(let reason): return (.unavailable(reason: reason), nil)
        case .retry(let reason, let after): return (.unavailable(reason: reason), after)
        }
    }

    /// Why a request can't be sent at all.
    private struct Unsendable: Error {
        let reason: String
    }

    /// The request as it goes over the wire.
    private func body(_ request: OTLPRequest) throws(Unsendable) -> [UInt8] {
        let isGRPC = configuration.endpoint.isGRPC
        guard request.encoding == .protobuf || !isGRPC else {
            throw Unsendable(reason: "A request in JSON can't be sent over gRPC.")
        }
        do throws(Gzip.Failure) {
            let isCompressed = configuration.compression == .gzip
            let content = isCompressed ? try Gzip.compress(request.message) : request.message
            return isGRPC ? GRPC.frame(content, isCompressed: isCompressed) : content
        } catch {
            throw Unsendable(reason: error.description)
        }
    }

    /// Makes one try; `earlier` is why the one before failed.
    private func post(
        _ body: [UInt8], headers: [(name: String, value: String)], items: Int, timeout: Duration, earlier: String?
    ) -> OTLPAnswer {
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
            case .untrustedReceiver: return .unreachable(reason: error.description)
            default:
                return error.isTransient
                    ? .retry(reason: error.description, after: nil) : .refused(reason: error.description)
            }
        }
    }
}
