import Queuert
import QueuertTraceTesting
import Synchronization
import Testing
import Tracing

@testable import QueuertOTel

@Suite("The context of handlers") struct HandlerContextTests {
    /// The ways in which a handler ends.
    enum Ending: CaseIterable { case success, error, reschedule, cancelled, timeout }

    @Test("however a handler ends, the next one in its slot is in its own trace", arguments: Ending.allCases)
    func nothingStays(after ending: Ending) async throws {
        try await withTracedQueue { queue in
            let client = queue.client
            let seen = Mutex<[Int: TraceContext]>([:])
            let worker = try Worker(
                client: client,
                processors: [
                    .detached(Single.self, timeout: ending == .timeout ? .seconds(1) : nil) { job in
                        let context = ServiceContext.current?.traceContext
                        seen.withLock { if $0[job.input] == nil { $0[job.input] = context } }
                        guard job.input == 1, job.attempt == 1 else { return .finish(job.input) }
                        switch ending {
                        case .success: return .finish(job.input)
                        case .error: throw Boom()
                        case .reschedule: throw RescheduleJob(.after(.seconds(3600)))
                        case .cancelled:
                            try await client.cancelJobChains([job.chainID])
                            while !Task.isCancelled { await Task.yield() }
                            throw CancellationError()
                        case .timeout:
                            // The timer may begin later than the handler.
                            while !Task.isCancelled {
                                queue.clock.advance(by: .seconds(2))
                                await Task.yield()
                            }
                            throw CancellationError()
                        }
                    }
                ],
                configuration: .init(name: "test", concurrency: 1, pollInterval: .seconds(3600)))
            let first = try await client.startJobChain(Single.self, input: 1)
            let second = try await client.startJobChain(Single.self, input: 2)
            async let running: Void = worker.run()
            _ = try await client.awaitJobChain(second)
            await worker.stop()
            await running
            for (number, chain) in [(1, first), (2, second)] {
                let row = try await client.jobs(ofChain: chain.id)[0]
                let creation = row.trace.jobContext.flatMap { TraceContext(traceparent: $0) }
                let context = try #require(seen.withLock { $0[number] })
                #expect(context.traceID == creation?.traceID)
                #expect(context.spanID != creation?.spanID)
            }
            #expect(ServiceContext.current?.traceContext == nil)
        }
    }
}
