import QueuertOTel
import Testing

@Suite("Multi span processor") struct MultiSpanProcessorTests {
    @Test("all get each span")
    func fansOut() {
        let processors = [CollectingSpanProcessor(), CollectingSpanProcessor()]
        let multi = MultiSpanProcessor(processors)
        let span = SpanData.sample("span")
        multi.spanStarted(span.context, name: span.name)
        multi.spanEnded(span)
        for processor in processors {
            #expect(processor.started == [span.context])
            #expect(processor.ended == [span])
        }
    }

    @Test(
        "B04 the worst result counts: a timeout, or else a failure",
        arguments: [
            ([], .success), ([.success, .success], .success), ([.failure, .success], .failure),
            ([.failure, .timeout, .success], .timeout),
        ] as [([FlushResult], FlushResult)])
    func results(results: [FlushResult], expected: FlushResult) async {
        let processors = results.map { CollectingSpanProcessor(result: $0) }
        let multi = MultiSpanProcessor(processors)
        #expect(await multi.flush(timeout: .seconds(1)) == expected)
        #expect(await multi.shutdown(timeout: .seconds(1)) == expected)
        #expect(processors.allSatisfy { $0.flushes == 1 && $0.shutdowns == 1 })
    }
}
