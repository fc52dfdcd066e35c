import Logging
import QueuertOTel
import Testing

@Suite("Samplers") struct SamplerTests {
    private func decision(of sampler: some Sampler, parent: TraceContext? = nil, low: UInt64 = 0) -> Bool {
        sampler.shouldSample(
            parent: parent, traceID: TraceID(high: 1, low: low), name: "process", kind: .consumer, attributes: [],
            links: [])
    }

    @Test("B06 the descriptions are the fixed ones")
    func descriptions() {
        #expect(AlwaysOnSampler().description == "AlwaysOnSampler")
        #expect(AlwaysOffSampler().description == "AlwaysOffSampler")
        #expect(TraceIDRatioSampler(0.0001).description == "TraceIdRatioBased{0.000100}")
        #expect(TraceIDRatioSampler(1).description == "TraceIdRatioBased{1.000000}")
        #expect(
            ParentBasedSampler(root: TraceIDRatioSampler(0.25)).description
                == "ParentBased{root:TraceIdRatioBased{0.250000},remoteParentSampled:AlwaysOnSampler,"
                + "remoteParentNotSampled:AlwaysOffSampler,localParentSampled:AlwaysOnSampler,"
                + "localParentNotSampled:AlwaysOffSampler}")
    }

    @Test("B06 always on says yes, always off says no")
    func constants() {
        #expect(decision(of: AlwaysOnSampler()))
        #expect(!decision(of: AlwaysOffSampler()))
    }

    @Test("B06 a parent-based sampler asks another sampler in each of its five cases", arguments: 0..<5)
    func parentBased(chosen: Int) {
        func sampler(_ index: Int) -> any Sampler { index == chosen ? AlwaysOnSampler() : AlwaysOffSampler() }
        let parentBased = ParentBasedSampler(
            root: sampler(0), remoteParentSampled: sampler(1), remoteParentNotSampled: sampler(2),
            localParentSampled: sampler(3), localParentNotSampled: sampler(4))
        let parents: [TraceContext?] =
            [nil]
            + [(true, TraceFlags.sampled), (true, []), (false, .sampled), (false, [])].map { isRemote, flags in
                TraceContext(
                    traceID: TraceID(high: 1, low: 1), spanID: SpanID(value: 1), flags: flags, isRemote: isRemote)
            }
        #expect(parents.map { decision(of: parentBased, parent: $0) } == (0..<5).map { $0 == chosen })
    }

    @Test("B06 a ratio sampler compares the last 56 bits, and ignores those above")
    func ratioThreshold() {
        let quarter = TraceIDRatioSampler(0.25)
        let threshold: UInt64 = 3 << 54
        #expect(!decision(of: quarter, low: threshold - 1))
        #expect(decision(of: quarter, low: threshold))
        #expect(!decision(of: quarter, low: 0xff << 56 | (threshold - 1)))
        #expect(decision(of: quarter, low: 0xff << 56 | threshold))
    }

    @Test("B06 the ratios 0 and 1 record nothing and everything", arguments: [0, 1, 1 << 55, (1 << 56) - 1, .max])
    func ratioEnds(low: UInt64) {
        #expect(!decision(of: TraceIDRatioSampler(0), low: low))
        #expect(decision(of: TraceIDRatioSampler(1), low: low))
    }

    @Test("B06 a ratio sampler records its share, and what a smaller ratio records")
    func ratioShare() {
        let ids = SeededIDGenerator(seed: 1)
        let lows = (0..<10_000).map { _ in ids.makeTraceID().low }
        let tenth = lows.filter { decision(of: TraceIDRatioSampler(0.1), low: $0) }
        let third = lows.filter { decision(of: TraceIDRatioSampler(0.33), low: $0) }
        #expect((880...1_120).contains(tenth.count))
        #expect(Set(third).isSuperset(of: tenth))
    }

    @Test("B06 a ratio sampler that decides about spans below others says so once, and as the root of another never")
    func childWarning() {
        let logs = CollectedLogs()
        let sampler = TraceIDRatioSampler(0.5, logger: logs.logger)
        let parentBased = ParentBasedSampler(root: sampler)
        let parent = TraceContext(traceID: TraceID(high: 1, low: 1), spanID: SpanID(value: 1), flags: .sampled)
        for parent in [nil, parent] { _ = decision(of: parentBased, parent: parent) }
        _ = decision(of: sampler)
        #expect(logs.messages(at: .warning).isEmpty)
        for _ in 1...2 { _ = decision(of: sampler, parent: parent) }
        #expect(logs.messages(at: .warning).count == 1)
    }

    @Test("a ratio outside of 0 to 1 stops the program")
    func invalidRatio() async {
        await #expect(processExitsWith: .failure) { _ = TraceIDRatioSampler(1.5) }
        await #expect(processExitsWith: .failure) { _ = TraceIDRatioSampler(.nan) }
    }
}
