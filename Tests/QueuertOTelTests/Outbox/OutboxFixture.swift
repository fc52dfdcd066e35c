import Logging
import Synchronization

@testable import QueuertOTel
@testable import QueuertOTelOutbox

/// An outbox of a file, and an exporter that hands over to it.
struct OutboxFixture {
    let outbox: TelemetryOutbox
    let exporter: OTLPSpanExporter
    let log = RecordingLog()

    /// Time that only the test changes, in seconds.
    final class Clock: Sendable {
        private let seconds = Mutex<Int64>(1_700_000_000)
        var now: Int64 { seconds.withLock { $0 } }
        func advance(_ by: Int64) { seconds.withLock { $0 += by } }
    }

    /// A pace at which an outbox tries again by itself as fast as it can.
    static let fast = OutboxSchedule.Pace(
        poll: .milliseconds(1), firstDelay: .milliseconds(1), maximumDelay: .milliseconds(1))
    /// A pace at which an outbox does nothing again by itself.
    static let still = OutboxSchedule.Pace(
        poll: .seconds(3600), firstDelay: .seconds(3600), maximumDelay: .seconds(3600))

    init(
        _ folder: String, url: String, timeout: Duration = .seconds(3600),
        configuration: TelemetryOutbox.Configuration = TelemetryOutbox.Configuration(survivesPowerLoss: false),
        pace: OutboxSchedule.Pace = Self.still, clock: Clock = Clock(), encoding: OTLPConfiguration.Encoding = .protobuf
    ) throws {
        outbox = try TelemetryOutbox(
            path: "\(folder)/outbox.sqlite", configuration: configuration, logger: log.logger(), pace: pace,
            secondsSince1970: { clock.now })
        exporter = OTLPSpanExporter(
            configuration: OTLPConfiguration(
                endpoint: try OTLPEndpoint(base: url), timeout: timeout, encoding: encoding),
            resource: Resource(), outbox: outbox, logger: log.logger())
    }

    /// Exports a batch of one span.
    func export(_ span: SpanData) async -> ExportResult {
        let exporter = exporter
        return await onOwnThread { exporter.export([span], timeout: .seconds(30)) }
    }

    /// Exports spans, each in a batch of its own.
    func export(_ numbers: ClosedRange<UInt64>) async -> [ExportResult] {
        var results: [ExportResult] = []
        for number in numbers { results.append(await export(.small(number))) }
        return results
    }

    /// What an exporter sends for a span.
    static func body(_ number: UInt64) -> [UInt8] { OTLPEncoder(resource: Resource()).encode([.small(number)]) }
}
