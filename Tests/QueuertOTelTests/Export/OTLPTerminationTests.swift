import Dispatch
import Foundation
import Glibc
import HTTPTestSupport
import Logging
import SQLiteTestSupport
import Testing

@testable import QueuertOTel

/// A process that is asked to end while its telemetry can't be sent.
@Suite("OTLP exporter, termination") struct OTLPTerminationTests {
    @Test("B04 SIGTERM between two tries ends the process in the time of its shutdown, and what is lost is counted")
    func terminated() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(then: .respond(503, headers: ["Retry-After": "3600"]))
            defer { server.stop() }
            async let child: Void = Self.exportUntilTerminated(folder, server.url)
            // The answer asks for an hour of patience.
            await server.waitForRequests(1)
            let pid = try #require(Int32(try String(contentsOfFile: "\(folder)/pid", encoding: .utf8)))
            kill(pid, SIGTERM)
            await child
            #expect(server.requests.count == 1)
        }
    }

    private static func exportUntilTerminated(_ folder: String, _ url: String) async {
        await #expect(processExitsWith: .success) { [folder = folder as String, url = url as String] in
            // As a service waits for its end.
            let (signals, continuation) = AsyncStream<Void>.makeStream()
            signal(SIGTERM, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGTERM)
            source.setEventHandler { continuation.yield() }
            source.resume()
            try "\(getpid())".write(toFile: "\(folder)/pid", atomically: true, encoding: .utf8)

            let log = RecordingLog()
            let processor = BatchSpanProcessor(
                exporter: OTLPSpanExporter(
                    configuration: OTLPConfiguration(endpoint: try OTLPEndpoint(base: url), timeout: nil),
                    resource: Resource(), logger: log.logger()),
                configuration: BatchConfiguration(exportTimeout: .seconds(7200)), logger: log.logger())
            processor.spanEnded(.small())
            async let flush = processor.flush(timeout: .seconds(3600))
            for await _ in signals { break }
            let shutdown = await processor.shutdown(timeout: .milliseconds(10))
            let flushed = await flush
            #expect(shutdown == .timeout)
            #expect(flushed == .failure)
            #expect(processor.statistics.failed == 1)
            #expect(log.levels.contains(.warning))
            source.cancel()
        }
    }
}
