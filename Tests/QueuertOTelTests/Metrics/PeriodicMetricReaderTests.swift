import COTLP
import Dispatch
import Logging
import QueuertOTel
import Synchronization
import Testing

/// The thread, the waits and the deadlines; what they decide is in the tests of the state machine.
@Suite("Periodic metric reader", .timeLimit(.minutes(20))) struct PeriodicMetricReaderTests {
    /// Keeps what it is given; blocks, if asked to, until it is interrupted.
    private final class Exporter: MetricExporter {
        private let batches = Mutex<[[MetricData]]>([])
        private let interrupted = DispatchSemaphore(value: 0)
        let isBlocking: Bool
        let refusals: Int

        init(isBlocking: Bool = false, refusals: Int = 0) {
            self.isBlocking = isBlocking
            self.refusals = refusals
        }

        var names: [[String]] { batches.withLock { $0.map { $0.map(\.descriptor.name) } } }

        func export(_ batch: [MetricData], timeout: Duration) -> ExportResult {
            let count = batches.withLock { batches in
                batches.append(batch)
                return batches.count
            }
            if count <= refusals { return .refused(reason: "no") }
            guard isBlocking else { return .accepted(rejected: 0) }
            interrupted.wait()
            return .unavailable(reason: "interrupted")
        }

        func interrupt() { interrupted.signal() }
    }

    /// Never collects by itself, and waits for what a busy machine is slow to do.
    private let configuration = PeriodicMetricReader.Configuration(
        interval: .seconds(3600), timeout: .seconds(3600))

    @Test("a flush exports what was measured, and a shutdown what was measured since")
    func flush() async {
        let meters = MeterProvider(configuration: .init(temporality: .delta))
        let exporter = Exporter()
        let reader = PeriodicMetricReader(meters: meters, exporter: exporter, configuration: configuration)
        meters.counter("first").add(1)
        #expect(await reader.flush(timeout: .seconds(600)) == .success)
        meters.counter("second").add(1)
        #expect(await reader.shutdown(timeout: .seconds(600)) == .success)
        #expect(exporter.names == [["first"], ["second"]])
        #expect(reader.statistics.exported == 2)
    }

    @Test("X16 nothing measured, nothing exported")
    func nothing() async {
        let exporter = Exporter()
        let reader = PeriodicMetricReader(
            meters: MeterProvider(), exporter: exporter, configuration: configuration)
        #expect(await reader.shutdown(timeout: .seconds(600)) == .success)
        #expect(exporter.names.isEmpty)
    }

    @Test("collects by itself at the interval")
    func interval() async {
        let meters = MeterProvider()
        let (values, continuation) = AsyncStream.makeStream(of: Void.self)
        meters.observe("looked up", as: .gauge) {
            continuation.yield()
            return [MetricObservation(1)]
        }
        let reader = PeriodicMetricReader(
            meters: meters, exporter: Exporter(), configuration: .init(interval: .milliseconds(1)))
        var seen = 0
        for await _ in values {
            seen += 1
            if seen == 3 { break }
        }
        _ = await reader.shutdown(timeout: .seconds(600))
        #expect(reader.statistics.collections >= 3)
    }

    @Test("what is looked up for too long is not waited for")
    func slowObservation() async {
        let meters = MeterProvider()
        let logs = CollectedLogs()
        let (gate, opening) = AsyncStream.makeStream(of: Never.self)
        meters.observe("slow", as: .gauge) {
            for await _ in gate {}
            return [MetricObservation(1)]
        }
        let reader = PeriodicMetricReader(
            meters: meters, exporter: Exporter(),
            configuration: .init(interval: .seconds(3600), timeout: .milliseconds(1)), logger: logs.logger)
        #expect(await reader.flush(timeout: .seconds(600)) == .failure)
        #expect(reader.statistics.collectionsTooSlow == 1 && logs.messages(at: .warning).count == 1)
        opening.finish()
        _ = await reader.shutdown(timeout: .seconds(600))
    }

    @Test("what was counted is told by the next collection if something is looked up for too long")
    func nothingLost() async {
        let meters = MeterProvider(configuration: .init(temporality: .delta))
        let (entries, entry) = AsyncStream.makeStream(of: Void.self)
        let (gate, opening) = AsyncStream.makeStream(of: Never.self)
        meters.counter("jobs").add(1)
        meters.observe("slow", as: .gauge) {
            entry.yield()
            for await _ in gate {}
            return [MetricObservation(1)]
        }
        let reader = PeriodicMetricReader(
            meters: meters, exporter: Exporter(),
            configuration: .init(interval: .seconds(3600), timeout: .milliseconds(1)), logger: CollectedLogs().logger)
        #expect(await reader.flush(timeout: .seconds(600)) == .failure)
        var lookups = entries.makeAsyncIterator()
        await lookups.next()
        opening.finish()
        #expect(await meters.collect().map(\.descriptor.name) == ["jobs", "slow"])
        _ = await reader.shutdown(timeout: .seconds(600))
    }

    /// Holds up whoever comes, cancelled or not, until it is opened.
    private final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var waiting: [CheckedContinuation<Void, Never>] = []
        }
        private let state = Mutex(State())

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    @Test("what never answers is asked once, however often is collected, and again when it has answered")
    func hangingObservation() async {
        let meters = MeterProvider()
        let gate = Gate()
        let calls = Mutex(0)
        let (entries, entry) = AsyncStream.makeStream(of: Void.self)
        meters.observe("hanging", as: .gauge) {
            calls.withLock { $0 += 1 }
            entry.yield()
            await gate.pass()
            return [MetricObservation(1)]
        }
        let reader = PeriodicMetricReader(
            meters: meters, exporter: Exporter(),
            configuration: .init(interval: .seconds(3600), timeout: .milliseconds(20)), logger: CollectedLogs().logger)
        #expect(await reader.flush(timeout: .seconds(600)) == .failure)
        var lookups = entries.makeAsyncIterator()
        await lookups.next()
        for _ in 1...3 { #expect(await reader.flush(timeout: .seconds(600)) == .failure) }
        #expect(calls.withLock { $0 } == 1)
        #expect(reader.statistics.collectionsTooSlow == 4)
        gate.open()
        while await reader.flush(timeout: .seconds(600)) != .success {}
        #expect(calls.withLock { $0 } > 1)
        _ = await reader.shutdown(timeout: .seconds(600))
    }

    @Test("B04 a shutdown is bounded by its timeout, whatever the exporter does")
    func boundedShutdown() async {
        let meters = MeterProvider()
        meters.counter("jobs").add(1)
        let reader = PeriodicMetricReader(
            meters: meters, exporter: Exporter(isBlocking: true), configuration: configuration)
        #expect(await reader.shutdown(timeout: .milliseconds(1)) == .timeout)
    }

    @Test("what was lost is logged at the shutdown, and nothing where nothing was", arguments: [false, true])
    func losses(isFailing: Bool) async {
        let meters = MeterProvider()
        let log = RecordingLog()
        let exporter = Exporter(refusals: isFailing ? 1 : 0)
        meters.counter("jobs").add(1)
        let reader = PeriodicMetricReader(
            meters: meters, exporter: exporter, configuration: configuration, logger: log.logger())
        #expect(await reader.flush(timeout: .seconds(600)) == (isFailing ? .failure : .success))
        #expect(await reader.shutdown(timeout: .seconds(600)) == .success)
        let told = log.entries.filter { $0.message == "Metrics were lost before the reader was shut down." }
        #expect(told.map { $0.metadata["queuert.failed"] } == (isFailing ? ["1"] : []))
        #expect(told.map { $0.metadata["queuert.exported"] } == (isFailing ? ["1"] : []))
    }

    @Test("a reader that is let go collects once more")
    func letGo() async {
        let meters = MeterProvider()
        let (collected, continuation) = AsyncStream.makeStream(of: Void.self)
        meters.observe("last", as: .gauge) {
            continuation.yield()
            return [MetricObservation(1)]
        }
        _ = PeriodicMetricReader(meters: meters, exporter: Exporter(), configuration: configuration)
        var collections = collected.makeAsyncIterator()
        await collections.next()
    }
}
