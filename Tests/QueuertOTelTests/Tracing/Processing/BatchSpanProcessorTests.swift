import Logging
import QueuertOTel
import Synchronization
import Testing
import Tracing

/// The thread, the waits and the deadlines; what they decide is in the tests of the state machine.
@Suite("Batch span processor", .timeLimit(.minutes(20))) struct BatchSpanProcessorTests {
    private typealias Configuration = BatchSpanProcessor.Configuration

    /// A processor whose logs don't disturb the output of the tests.
    private func makeProcessor(
        _ exporter: any SpanExporter, _ configuration: Configuration, logs: CollectedLogs = CollectedLogs()
    ) -> BatchSpanProcessor {
        BatchSpanProcessor(exporter: exporter, configuration: configuration, logger: logs.logger)
    }

    /// Nothing is exported by itself unless a batch is full.
    private func configuration(queue: Int = 2048, batch: Int = 512) -> Configuration {
        Configuration(maximumQueueSize: queue, maximumBatchSize: batch, scheduleDelay: .seconds(3600))
    }

    private func names(_ range: Range<Int>) -> [String] { range.map { "span \($0)" } }

    private func end(_ range: Range<Int>, on processor: some SpanProcessor) {
        for name in names(range) { processor.spanEnded(.sample(name)) }
    }

    @Test("B01 the defaults are those of the specification, and a batch is no larger than the queue")
    func defaults() {
        let defaults = Configuration()
        #expect(defaults.maximumQueueSize == 2048 && defaults.maximumBatchSize == 512)
        #expect(defaults.scheduleDelay == .seconds(5) && defaults.exportTimeout == .seconds(30))
        #expect(Configuration(maximumQueueSize: 100).maximumBatchSize == 100)
    }

    @Test("B02 a full batch is exported without a flush")
    func fullBatch() async {
        let exporter = ScriptedSpanExporter()
        let processor = makeProcessor(exporter, configuration(batch: 4))
        end(0..<4, on: processor)
        await exporter.wait { $0.spans.count == 4 }
        #expect(exporter.current.spans.map(\.name) == names(0..<4))
        #expect(exporter.current.timeouts == [.seconds(30)])
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("B02 a batch that isn't full is exported after the delay")
    func delay() async {
        let exporter = ScriptedSpanExporter()
        let processor = makeProcessor(exporter, Configuration(scheduleDelay: .milliseconds(1)))
        for count in 1...3 {
            end(count..<count + 1, on: processor)
            await exporter.wait { $0.spans.count == count }
        }
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("B04 a flush exports all that ended before it, in order")
    func flush() async {
        let exporter = ScriptedSpanExporter()
        let processor = makeProcessor(exporter, configuration(batch: 10))
        end(0..<25, on: processor)
        #expect(await processor.flush(timeout: .seconds(60)) == .success)
        #expect(exporter.current.spans.map(\.name) == names(0..<25))
        #expect(processor.statistics.exported == 25 && processor.statistics.pending == 0)
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("B03 to end a span does not wait for an export that blocks; B01 what doesn't fit is dropped and logged once")
    func neverBlocks() async {
        let logs = CollectedLogs()
        let exporter = ScriptedSpanExporter(isBlocking: true)
        let processor = makeProcessor(exporter, configuration(queue: 8, batch: 4), logs: logs)
        end(0..<4, on: processor)
        await exporter.wait { $0.running == 1 }
        end(4..<22, on: processor)
        #expect(processor.statistics.droppedQueueFull == 10)
        #expect(processor.statistics.pending == 12)
        exporter.release()
        #expect(await processor.flush(timeout: .seconds(60)) == .success)
        #expect(exporter.current.spans.map(\.name) == names(0..<12))
        #expect(
            logs.messages(at: .warning) == [
                "Telemetry is dropped: the queue is full. Exporting is slower than what comes."
            ])
        #expect(logs.messages(at: .notice) == ["The queue of telemetry has room again."])
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("B04 a flush reports a timeout while an export blocks, and leaves it alone")
    func flushTimeout() async {
        let exporter = ScriptedSpanExporter(isBlocking: true)
        let processor = makeProcessor(exporter, configuration())
        end(0..<3, on: processor)
        #expect(await processor.flush(timeout: .milliseconds(1)) == .timeout)
        #expect(await processor.flush(timeout: .zero) == .timeout)
        #expect(exporter.current.interrupts == 0)
        exporter.release()
        #expect(await processor.flush(timeout: .seconds(60)) == .success)
        #expect(exporter.current.spans.count == 3)
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("B04 a flush in a task that was cancelled waits all the same")
    func flushInCancelledTask() async {
        let exporter = ScriptedSpanExporter(isBlocking: true)
        let processor = makeProcessor(exporter, configuration())
        end(0..<3, on: processor)
        let result = await withTaskGroup(of: FlushResult.self) { group in
            group.cancelAll()
            group.addTask { await processor.flush(timeout: .seconds(60)) }
            await exporter.wait { $0.running == 1 }
            exporter.release()
            return await group.next()
        }
        #expect(result == .success)
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("B04 a flush fails when spans are lost, and the loss is logged once per episode and at the end")
    func flushFailure() async {
        let logs = CollectedLogs()
        let exporter = ScriptedSpanExporter(results: [
            .unavailable(reason: "connection refused"), .refused(reason: "400"), .accepted(rejected: 1),
        ])
        let processor = makeProcessor(exporter, configuration(), logs: logs)
        for (index, expected) in [FlushResult.failure, .failure, .failure, .success].enumerated() {
            end(index * 2..<index * 2 + 2, on: processor)
            #expect(await processor.flush(timeout: .seconds(60)) == expected)
        }
        #expect(await processor.shutdown(timeout: .seconds(60)) == .success)
        var expected = BatchSpanProcessor.Statistics()
        expected.exported = 3
        expected.rejected = 1
        expected.failedByCause = [.other: 4]
        #expect(processor.statistics == expected)
        #expect(
            logs.messages(at: .warning) == [
                "Telemetry is lost: it can't be exported.", "Telemetry was lost before the processor was shut down.",
            ])
        #expect(logs.messages(at: .notice) == ["Telemetry is exported again."])
    }

    @Test("B09 that something was over the limits is logged, once")
    func limits() async {
        let logs = CollectedLogs()
        let processor = makeProcessor(ScriptedSpanExporter(), configuration(), logs: logs)
        for _ in 1...2 {
            end(0..<1, on: processor)
            #expect(await processor.flush(timeout: .seconds(60)) == .success)
        }
        #expect(logs.messages(at: .notice).isEmpty)
        var span = SpanData.sample("large")
        span.droppedLinks = 1
        for _ in 1...2 {
            processor.spanEnded(span)
            #expect(await processor.flush(timeout: .seconds(60)) == .success)
        }
        #expect(logs.messages(at: .notice).count == 1)
        _ = await processor.shutdown(timeout: .seconds(60))
    }

    @Test("B04 a shutdown exports the rest, happens once, and drops and counts what ends later")
    func shutdown() async {
        let logs = CollectedLogs()
        let exporter = ScriptedSpanExporter()
        let processor = makeProcessor(exporter, configuration(batch: 2), logs: logs)
        end(0..<5, on: processor)
        #expect(await processor.shutdown(timeout: .seconds(60)) == .success)
        #expect(exporter.current.spans.map(\.name) == names(0..<5))
        end(5..<8, on: processor)
        #expect(await processor.flush(timeout: .seconds(60)) == .success)
        #expect(await processor.shutdown(timeout: .zero) == .success)
        #expect(processor.statistics.droppedAfterShutdown == 3 && processor.statistics.pending == 0)
        #expect(exporter.current.spans.count == 5 && exporter.current.interrupts == 0)
        #expect(
            logs.messages(at: .warning) == ["Telemetry is dropped: the processor was shut down before it came."])
    }

    @Test("B04 a shutdown interrupts the export that blocks when its time is up, and drops the rest")
    func shutdownDeadline() async {
        let exporter = ScriptedSpanExporter(results: [.unavailable(reason: "interrupted")], isBlocking: true)
        let processor = makeProcessor(exporter, configuration(batch: 2))
        end(0..<2, on: processor)
        await exporter.wait { $0.running == 1 }
        end(2..<5, on: processor)
        #expect(await processor.shutdown(timeout: .milliseconds(1)) == .timeout)
        #expect(exporter.current.interrupts == 1)
        await exporter.wait { $0.running == 0 }
        #expect(processor.statistics.droppedAtDeadline == 3)
        #expect(exporter.current.batches.count == 1)
    }

    @Test("B04 a shutdown returns in time though the exporter does not let itself be interrupted")
    func stubbornExporter() async {
        let exporter = ScriptedSpanExporter(isBlocking: true, ignoresInterrupts: true)
        let processor = makeProcessor(exporter, configuration())
        end(0..<2, on: processor)
        #expect(await processor.shutdown(timeout: .milliseconds(1)) == .timeout)
        exporter.release()
    }

    @Test("B02 two exports never run at once, nothing is lost or doubled, while tasks end spans and flush")
    func concurrency() async {
        let exporter = ScriptedSpanExporter()
        let processor = makeProcessor(exporter, configuration(queue: 8_000, batch: 64))
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for index in 0..<2_000 {
                        processor.spanEnded(.sample("task \(task)", number: UInt64(task * 2_000 + index + 1)))
                        if index % 100 == 99 {
                            #expect(await processor.flush(timeout: .seconds(60)) == .success)
                            let number = UInt64(task * 2_000 + index + 1)
                            #expect(exporter.current.spans.contains { $0.context.spanID.value == number })
                        }
                    }
                }
            }
        }
        #expect(await processor.shutdown(timeout: .seconds(60)) == .success)
        let state = exporter.current
        #expect(state.mostAtOnce == 1)
        #expect(state.spans.map(\.context.spanID.value).sorted() == Array(1...8_000))
        #expect(state.batches.allSatisfy { (1...64).contains($0.count) })
        for task in 0..<4 {
            let numbers = state.spans.filter { $0.name == "task \(task)" }.map(\.context.spanID.value)
            #expect(numbers == numbers.sorted())
        }
        #expect(processor.statistics.exported == 8_000)
    }

    @Test("every span is counted exactly once, whatever becomes of it")
    func accounting() async {
        let exporter = ScriptedSpanExporter(results: [.refused(reason: "400"), .accepted(rejected: 3)])
        let processor = makeProcessor(exporter, configuration(queue: 64, batch: 16))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<1_000 { processor.spanEnded(.sample("span")) } }
            }
            group.addTask { _ = await processor.shutdown(timeout: .seconds(60)) }
        }
        let statistics = processor.statistics
        #expect(statistics.pending == 0)
        #expect(
            statistics.exported + statistics.rejected + statistics.failed + statistics.droppedQueueFull
                + statistics.droppedAfterShutdown == 4_000)
        #expect(exporter.current.spans.count == statistics.exported + statistics.rejected + statistics.failed)
    }

    /// Tells when it is let go, which is when the thread that holds it has ended.
    private final class MortalExporter: SpanExporter {
        let exported = Mutex<Int>(0)
        private let onEnd: @Sendable (Int) -> Void
        init(onEnd: @escaping @Sendable (Int) -> Void) { self.onEnd = onEnd }
        deinit { onEnd(exported.withLock { $0 }) }
        func export(_ batch: [SpanData], timeout: Duration) -> ExportResult {
            exported.withLock { $0 += batch.count }
            return .accepted(rejected: 0)
        }
        func interrupt() {}
    }

    @Test("the thread ends after a shutdown and lets go of all it holds")
    func threadEnds() async {
        let exported = await withCheckedContinuation { continuation in
            let processor = makeProcessor(MortalExporter { continuation.resume(returning: $0) }, configuration())
            end(0..<3, on: processor)
            // Unstructured because the continuation's closure can't wait; the continuation is resumed after its end.
            Task { _ = await processor.shutdown(timeout: .seconds(60)) }
        }
        #expect(exported == 3)
    }

    @Test("a processor that is let go without a shutdown exports what waits and ends its thread")
    func letGo() async {
        let exported = await withCheckedContinuation { continuation in
            let processor = makeProcessor(MortalExporter { continuation.resume(returning: $0) }, configuration())
            end(0..<3, on: processor)
        }
        #expect(exported == 3)
    }

    @Test("a tracer's spans reach the exporter; to force a flush does not wait for it")
    func withTracer() async {
        let exporter = ScriptedSpanExporter(isBlocking: true)
        let processor = makeProcessor(exporter, configuration())
        let tracer = SpanTracer(processor: processor)
        tracer.withSpan("print") { _ in }
        tracer.forceFlush()
        await exporter.wait { $0.running == 1 }
        exporter.release()
        #expect(await tracer.shutdown(timeout: .seconds(60)) == .success)
        #expect(exporter.current.spans.map(\.name) == ["print"])
    }
}
