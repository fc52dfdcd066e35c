import Dispatch
import Foundation
import Glibc
import HTTPTestSupport
import Logging
import Testing

@testable import QueuertOTel

/// A process that is asked to end while its telemetry can't be sent.
@Suite("OTLP exporter, termination") struct OTLPTerminationTests {
    @Test("B04 SIGTERM between two tries ends the process in the time of its shutdown, and what is lost is counted")
    func terminated() async {
        // All of it in the other process: what waits for one holds up a thread on which this one's tasks run.
        await #expect(processExitsWith: .success) {
            // As a service waits for its end.
            let (signals, continuation) = AsyncStream<Void>.makeStream()
            signal(SIGTERM, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGTERM)
            source.setEventHandler { continuation.yield() }
            source.resume()

            // The answer asks for an hour of patience.
            let server = try ScriptedServer(then: .respond(503, headers: ["Retry-After": "3600"]))
            let log = RecordingLog()
            let processor = BatchSpanProcessor(
                exporter: OTLPSpanExporter(
                    configuration: OTLPConfiguration(endpoint: try OTLPEndpoint(base: server.url), timeout: nil),
                    resource: Resource(), logger: log.logger()),
                configuration: BatchConfiguration(exportTimeout: .seconds(7200)), logger: log.logger())
            processor.spanEnded(.small())
            async let flush = processor.flush(timeout: .seconds(3600))
            await server.waitForRequests(1)
            // Until it comes: one is lost that is sent before this process's first thread has all signals blocked.
            let sending = Task {
                while !Task.isCancelled {
                    kill(getpid(), SIGTERM)
                    try? await Task.sleep(for: .milliseconds(10))
                }
            }
            for await _ in signals { break }
            sending.cancel()
            let shutdown = await processor.shutdown(timeout: .milliseconds(10))
            let flushed = await flush
            #expect(shutdown == .timeout)
            #expect(flushed == .failure)
            #expect(processor.statistics.failed == 1)
            #expect(log.levels.contains(.warning))
            #expect(server.requests.count == 1)
            source.cancel()
        }
    }
}
