import Testing

@testable import QueuertOTel

@Suite("Probability sampler") struct ProbabilitySamplerTests {
    private func decision(
        of sampler: some Sampler, low: UInt64 = 0, state: String = "", parent: TraceContext? = nil
    ) -> SamplingDecision {
        sampler.decide(
            parent: parent, traceID: TraceID(high: 1, low: low), state: state, name: "start", kind: .producer,
            attributes: [], links: [])
    }

    @Test("B06 the sampler has a name with its ratio")
    func description() {
        #expect(ProbabilitySampler(0.25).description == "ProbabilitySampler{0.250000}")
    }

    @Test("B06 the last 56 bits of the trace decide, and the threshold is told")
    func threshold() {
        let quarter = ProbabilitySampler(0.25)
        let limit: UInt64 = 3 << 54
        #expect(decision(of: quarter, low: limit - 1) == SamplingDecision(isSampled: false, state: ""))
        #expect(decision(of: quarter, low: limit) == SamplingDecision(isSampled: true, state: "ot=th:c"))
        #expect(decision(of: quarter, low: 0xff << 56 | (limit - 1)).isSampled == false)
    }

    @Test(
        "B06 the threshold is written without the zeros at its end",
        arguments: [(1.0, "0"), (0.5, "8"), (0.75, "4"), (0.1, "e6666666666666"), (0x1p-56, "ffffffffffffff")])
    func text(ratio: Double, text: String) {
        #expect(decision(of: ProbabilitySampler(ratio), low: .max).state == "ot=th:\(text)")
    }

    @Test("B06 the ratio 0 records nothing")
    func zero() { #expect(decision(of: ProbabilitySampler(0), low: .max) == .init(isSampled: false, state: "")) }

    @Test("B06 a random number in the tracestate decides in the place of the identifier, and is passed on")
    func explicitRandomness() {
        let half = ProbabilitySampler(0.5)
        #expect(decision(of: half, low: 0, state: "ot=rv:80000000000000").isSampled)
        #expect(decision(of: half, low: 0, state: "ot=rv:80000000000000").state == "ot=th:8;rv:80000000000000")
        let unsampled = decision(of: half, low: .max, state: "a=1,ot=th:0;rv:7fffffffffffff;x:y")
        #expect(unsampled == SamplingDecision(isSampled: false, state: "ot=rv:7fffffffffffff;x:y,a=1"))
    }

    @Test(
        "B06 a random number that can't be read is none",
        arguments: [
            "ot=rv:8", "ot=rv:8000000000000g", "ot=rv:800000000000000", "ot=th:123456789012345", "ot=", "oth=rv:1",
        ])
    func unreadable(state: String) {
        #expect(!ProbabilitySampler(0.5).decideAlone(low: 0, state: state))
        #expect(ProbabilitySampler(0.5).decideAlone(low: .max, state: state))
    }

    @Test("B06 what a smaller ratio records, a larger one records too, and each its share")
    func share() {
        let ids = SeededIDGenerator(seed: 1)
        let lows = (0..<10_000).map { _ in ids.makeTraceID().low }
        let tenth = lows.filter { decision(of: ProbabilitySampler(0.1), low: $0).isSampled }
        let third = lows.filter { decision(of: ProbabilitySampler(0.33), low: $0).isSampled }
        #expect((880...1_120).contains(tenth.count))
        #expect(Set(third).isSuperset(of: tenth))
    }

    @Test("B06 the entry goes to the left when it changes, and stays where it is when it doesn't")
    func order() {
        let half = ProbabilitySampler(0.5)
        #expect(decision(of: half, low: .max, state: "a=1,ot=th:8").state == "a=1,ot=th:8")
        #expect(decision(of: half, low: .max, state: "a=1,ot=th:4,b=2").state == "ot=th:8,a=1,b=2")
        let full = (1...32).map { "k\($0)=v" }.joined(separator: ",")
        #expect(Tracestate(decision(of: half, low: .max, state: full).state) != nil)
    }

    @Test("B06 as the root of a parent-based sampler it follows the parent, whose tracestate stays")
    func parentBased() {
        let sampler = ParentBasedSampler(root: ProbabilitySampler(0.5))
        let parent = TraceContext(
            traceID: TraceID(high: 1, low: 0), spanID: SpanID(value: 1), flags: .sampled, state: "ot=th:0")
        #expect(decision(of: sampler, state: "ot=th:0", parent: parent) == .init(isSampled: true, state: "ot=th:0"))
        #expect(decision(of: sampler, low: .max) == .init(isSampled: true, state: "ot=th:8"))
    }

    @Test("B07 a tracer puts the sampler's state into the context of a root, and its children keep it")
    func tracer() {
        let tracer = SpanTracer(
            processor: MultiSpanProcessor([]), sampler: ParentBasedSampler(root: ProbabilitySampler(1)))
        let root = tracer.makeContext(parent: nil, name: "root", kind: .server)
        #expect(root.state == "ot=th:0")
        #expect(root.flags == [.sampled, .random])
        #expect(tracer.makeContext(parent: root, name: "child", kind: .internal).state == "ot=th:0")
    }

    @Test("a ratio outside of 0 to 1 stops the program")
    func invalidRatio() async {
        await #expect(processExitsWith: .failure) { _ = ProbabilitySampler(-0.5) }
        await #expect(processExitsWith: .failure) { _ = ProbabilitySampler(.nan) }
    }
}

extension ProbabilitySampler {
    fileprivate func decideAlone(low: UInt64, state: String) -> Bool {
        decide(
            parent: nil, traceID: TraceID(high: 1, low: low), state: state, name: "", kind: .internal, attributes: [],
            links: []
        ).isSampled
    }
}
