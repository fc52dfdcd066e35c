import QueuertOTel
import Testing
import Tracing

@Suite("W3C propagator") struct W3CPropagatorTests {
    private struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
        func extract(key: String, from carrier: [String: String]) -> String? { carrier[key] }
    }

    private let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    private func extract(_ headers: [String: String], into context: ServiceContext = .topLevel) -> ServiceContext {
        var context = context
        W3CPropagator().extract(headers, into: &context, using: Headers())
        return context
    }

    @Test("T01 what is extracted is injected again")
    func roundTrip() {
        let headers = ["traceparent": traceparent, "tracestate": "rojo=1,congo=2"]
        let context = extract(headers)
        #expect(context.traceContext?.isRemote == true)
        var carrier: [String: String] = [:]
        W3CPropagator().inject(context, into: &carrier, using: Headers())
        #expect(carrier == headers)
    }

    @Test("T03 without a tracestate none is injected")
    func noTracestate() {
        var carrier: [String: String] = [:]
        W3CPropagator().inject(extract(["traceparent": traceparent]), into: &carrier, using: Headers())
        #expect(carrier == ["traceparent": traceparent])
    }

    @Test("outside of all traces nothing is injected")
    func nothing() {
        var carrier: [String: String] = [:]
        W3CPropagator().inject(.topLevel, into: &carrier, using: Headers())
        #expect(carrier.isEmpty)
    }

    @Test("T01 an invalid traceparent leaves the context alone, tracestate included")
    func invalid() {
        let before = extract(["traceparent": traceparent])
        let after = extract(["traceparent": "00-0-0-00", "tracestate": "a=1"], into: before)
        #expect(after.traceContext == before.traceContext)
        #expect(extract(["tracestate": "a=1"]).traceContext == nil)
    }

    @Test("headers of what isn't to be carried are neither read nor written")
    func parts() {
        let headers = ["traceparent": traceparent, "tracestate": "a=1", "baggage": "b=2"]
        let context = extract(headers)
        /// What comes out of what is read, and what is written.
        func carried(by propagator: W3CPropagator) -> [[String: String]] {
            var extracted = ServiceContext.topLevel
            propagator.extract(headers, into: &extracted, using: Headers())
            var read: [String: String] = [:]
            var written: [String: String] = [:]
            W3CPropagator().inject(extracted, into: &read, using: Headers())
            propagator.inject(context, into: &written, using: Headers())
            return [read, written]
        }
        #expect(carried(by: W3CPropagator()) == [headers, headers])
        let trace = headers.filter { $0.key != "baggage" }
        #expect(carried(by: W3CPropagator(.traceContext)) == [trace, trace])
        #expect(carried(by: W3CPropagator(.baggage)) == [["baggage": "b=2"], ["baggage": "b=2"]])
        #expect(carried(by: W3CPropagator([])) == [[:], [:]])
    }

    @Test("spaces around a header are no part of it")
    func spaces() {
        #expect(extract(["traceparent": " \t\(traceparent) "]).traceContext?.traceparent == traceparent)
    }
}
