internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import Synchronization

/// Where requests are sent on to.
package struct ForwardingConfiguration: Sendable {
    /// The other collector, such as `http://localhost:4328`; each signal's path is added.
    package var endpoint: String
    /// Headers to send along.
    package var headers: [String: String]
    /// How many bytes of bodies may wait.
    package var queueBytes: Int
    /// For how long a request is tried again that the other collector can't take.
    package var patience: Duration
    /// How long the first pause between two tries is; it doubles each time, up to half a minute.
    package var pause: Duration

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - endpoint: The other collector.
    ///   - headers: Headers to send along.
    ///   - queueBytes: How many bytes of bodies may wait; 64 MiB by default.
    ///   - patience: For how long a request is tried again; five minutes by default.
    ///   - pause: How long the first pause between two tries is; one second by default.
    package init(
        endpoint: String, headers: [String: String] = [:], queueBytes: Int = 64 << 20,
        patience: Duration = .seconds(300), pause: Duration = .seconds(1)
    ) {
        self.endpoint = endpoint
        self.headers = headers
        self.queueBytes = queueBytes
        self.patience = patience
        self.pause = pause
    }
}

/// Sends what was received on to another collector, as it came.
///
/// What the other can't take now is sent again, with growing pauses; what it refuses, and what finds the queue full, is
/// dropped and counted.
final class Forwarder: RequestTee, Service {
    private static let longestPause = Duration.seconds(30)
    /// For how long what waits is still sent when the collector stops.
    private static let farewell = Duration.seconds(5)

    private let configuration: ForwardingConfiguration
    private let statistics: CollectorStatistics
    private let logger: Logger
    private let client = CurlClient(timeout: 10)
    private let queue: TeeQueue
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)
    private let isTroubled = Mutex(false)

    init(_ configuration: ForwardingConfiguration, _ statistics: CollectorStatistics, _ logger: Logger) {
        self.configuration = configuration
        self.statistics = statistics
        self.logger = logger
        queue = TeeQueue(limit: configuration.queueBytes)
    }

    /// How many bytes of bodies wait.
    var waitingBytes: Int { queue.waitingBytes }
    /// Where requests are sent on to.
    var endpoint: String { configuration.endpoint }

    func offer(_ request: TeedRequest) {
        // What is sent is what came.
        var request = request
        request.protobuf = []
        if !queue.offer(request) { drop(.queueFull) }
    }

    func run() async throws {
        await withGracefulShutdownHandler {
            await queue.drain { await send($0) }
        } onGracefulShutdown: { [self] in
            deadline.withLock { $0 = .now + Self.farewell }
            queue.stop()
        }
    }

    private func send(_ request: TeedRequest) async {
        let url = configuration.endpoint + request.signal.path
        var headers = ["Content-Type: \(request.encoding.rawValue)"]
        if let coding = request.coding.header { headers.append("Content-Encoding: \(coding)") }
        headers += configuration.headers.map { "\($0): \($1)" }
        let body = Array(request.body.readableBytesView)
        let end = ContinuousClock.now + configuration.patience
        var pause = configuration.pause
        while true {
            if let deadline = deadline.withLock({ $0 }), deadline <= .now { return drop(.stopped) }
            let answer = await client.post(url, headers: headers, body: body)
            switch answer.status {
            case .some(200..<300):
                isTroubled.withLock { $0 = false }
                return statistics.count { $0.forwarded += 1 }
            case nil, 429, 502, 503, 504: break
            case .some(let status):
                tell("another collector refuses what is forwarded", status: status)
                return drop(.refused)
            }
            if deadline.withLock({ $0 }) != nil { return drop(.stopped) }
            tell("what is forwarded can't be delivered; it is tried again", status: answer.status)
            let asked = answer.retryAfter.map { Duration.seconds(min($0, 300)) } ?? .zero
            guard ContinuousClock.now + max(pause, asked) < end else { return drop(.unreachable) }
            // Cancelled, or woken because the collector stops: then there is one more try.
            let length = max(pause, asked)
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: length) }
            if Task.isCancelled { return drop(.stopped) }
            pause = min(pause * 2, Self.longestPause)
        }
    }

    private func drop(_ reason: CollectorStatistics.Drop.Reason) {
        statistics.count { $0.dropped[.init(destination: .forwarding, reason: reason), default: 0] += 1 }
    }

    /// Tells of trouble once, until something is delivered again.
    private func tell(_ message: Logger.Message, status: Int?) {
        let isNew = isTroubled.withLock { isTroubled in
            defer { isTroubled = true }
            return !isTroubled
        }
        guard isNew else { return }
        logger.warning(
            message,
            metadata: ["endpoint": "\(configuration.endpoint)", "status": "\(status.map(String.init) ?? "no answer")"])
    }
}
