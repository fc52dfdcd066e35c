import QueuertOTel
import Testing

@testable import QueuertOTel

@Suite("Identifiers") struct IDGeneratorTests {
    @Test("B07 random identifiers are valid and don't repeat, from several threads at once")
    func areUnique() async {
        let generator = RandomIDGenerator()
        let ids = await withTaskGroup(of: [(TraceID, SpanID)].self) { group in
            for _ in 0..<4 {
                group.addTask { (0..<10_000).map { _ in (generator.makeTraceID(), generator.makeSpanID()) } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(ids.map(\.0)).count == 40_000)
        #expect(Set(ids.map(\.1)).count == 40_000)
        #expect(ids.allSatisfy { $0.0.isValid && $0.1.isValid })
    }

    @Test("B07 each bit of an identifier is set about half of the time")
    func isBalanced() {
        // The seed is fixed, so the test says the same each time.
        let generator = SeededIDGenerator(seed: 20_26)
        var counts = [Int](repeating: 0, count: 192)
        for _ in 0..<10_000 {
            let trace = generator.makeTraceID()
            let words = [trace.high, trace.low, generator.makeSpanID().value]
            for bit in counts.indices where words[bit / 64] >> UInt64(bit % 64) & 1 == 1 { counts[bit] += 1 }
        }
        // Four standard deviations of 50 around 5,000.
        #expect(counts.allSatisfy { (4_800...5_200).contains($0) })
    }

    @Test("two random generators have nothing in common")
    func generatorsDiffer() {
        let first = RandomIDGenerator()
        let second = RandomIDGenerator()
        let ids = Set((0..<1_000).map { _ in first.makeSpanID() })
        #expect(ids.isDisjoint(with: (0..<1_000).map { _ in second.makeSpanID() }))
    }

    @Test("the same seed gives the same identifiers, another seed others")
    func isDeterministic() {
        func ids(seed: UInt64) -> [String] {
            let generator = SeededIDGenerator(seed: seed)
            return (0..<5).flatMap { _ in
                [generator.makeTraceID().description, generator.makeSpanID().description]
            }
        }
        #expect(ids(seed: 7) == ids(seed: 7))
        #expect(Set(ids(seed: 7)).isDisjoint(with: ids(seed: 8)))
    }

    @Test("a generator doesn't claim to be random unless it says so")
    func claimsNothing() {
        struct Counting: IDGenerator {
            func makeTraceID() -> TraceID { TraceID(high: 0, low: 1) }
            func makeSpanID() -> SpanID { SpanID(value: 1) }
        }
        #expect(!Counting().makesRandomTraceIDs)
        #expect(RandomIDGenerator().makesRandomTraceIDs)
    }
}
