import Foundation
import Queuert
import Testing

@Suite("Plain JSON", .timeLimit(.minutes(20))) struct PlainJSONTests {
    /// The same numbers at each run; a failure tells it.
    private static let seed: UInt64 = 20_261_127

    @Test("values are written and read as by Foundation")
    func samples() {
        let differences = (JSONSample.plain + JSONSample.other).flatMap { $0.differences() }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test("what most values are made of needs no Foundation")
    func plain() {
        let left = JSONSample.plain.flatMap { $0.leftToFoundation() }
        #expect(left.isEmpty, "\(left.joined(separator: "\n"))")
    }

    @Test("texts are read and refused as by Foundation", arguments: DecodingTarget.all)
    func texts(target: DecodingTarget) {
        let differences = JSONTexts.all.compactMap { target.difference($0) }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test("texts that are too deep are refused as by Foundation")
    func deepTexts() {
        let targets = [
            DecodingTarget([Int].self), DecodingTarget(Pair.self), DecodingTarget([String: Int].self, isOrdered: false),
        ]
        let differences = targets.flatMap { target in JSONTexts.deep.compactMap { target.difference($0) } }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test("random trees are written and read as by Foundation")
    func randomTrees() throws {
        var generator = SeededGenerator(seed: Self.seed)
        for round in 0..<1_000 {
            let tree = JSONTree(depth: 3, using: &generator)
            let text = try FoundationJSON.encode(tree)
            let codecText = try CodecJSON.encode(tree)
            let expected = outcome { try FoundationJSON.decode(JSONTree.self, from: text) }
            let actual = outcome { try FoundationJSON.decode(JSONTree.self, from: codecText) }
            try #require(actual == expected, "seed \(Self.seed), tree \(round): \(codecText), not \(text)")
            let difference = decodingDifference(JSONTree.self, text, isOrdered: false)
            try #require(difference == nil, "seed \(Self.seed), tree \(round): \(difference ?? "")")
        }
    }

    @Test("texts with random faults are read and refused as by Foundation")
    func randomFaults() throws {
        var generator = SeededGenerator(seed: Self.seed &+ 1)
        func numbers() -> [Double] {
            (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                Double(Int.random(in: -4_000...4_000, using: &generator)) / 16
            }
        }
        let names = ["a", "b", "long name", "ü", "e\u{301}", "\u{e9}", "q\"", ""]
        let (ints, lists) = (DecodingTarget([Int].self), DecodingTarget([String: [Double]].self, isOrdered: false))
        let (records, trees) = (DecodingTarget([LoosePair].self), DecodingTarget(JSONTree.self, isOrdered: false))
        for round in 0..<1_500 {
            let text: String, target: DecodingTarget
            switch round % 4 {
            case 0: (text, target) = (try FoundationJSON.encode(numbers().map { Int($0) }, sorted: true), ints)
            case 1:
                var value: [String: [Double]] = [:]
                for name in names.shuffled(using: &generator).prefix(2) { value[name] = numbers() }
                (text, target) = (try FoundationJSON.encode(value, sorted: true), lists)
            case 2:
                let pairs = numbers().map { LoosePair(a: $0 > 0 ? Int($0) : nil, b: $0 < 100 ? "\($0)\n" : nil) }
                (text, target) = (try FoundationJSON.encode(pairs, sorted: true), records)
            default:
                (text, target) = (try FoundationJSON.encode(JSONTree(depth: 2, using: &generator), sorted: true), trees)
            }
            let faulty = JSONTexts.withFaults(text, using: &generator)
            for target in round % 8 == 0 ? [target, trees, lists] : [target] {
                let difference = target.difference(faulty)
                try #require(difference == nil, "seed \(Self.seed), text \(round): \(difference ?? "")")
            }
        }
    }

    @Test("random numbers are the same to the last bit")
    func randomNumbers() throws {
        var generator = SeededGenerator(seed: Self.seed &+ 2)
        let targets = [
            DecodingTarget(Double.self), DecodingTarget(Float.self), DecodingTarget(Int.self),
            DecodingTarget(UInt64.self), DecodingTarget(Int16.self),
        ]
        let doubles = (0..<500).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
        let floats = doubles.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0.bitPattern)) }.filter(\.isFinite)
        let differences = JSONSample("doubles", doubles).differences() + JSONSample("floats", floats).differences()
        #expect(differences.isEmpty, "seed \(Self.seed): \(differences.joined(separator: "\n"))")
        for (round, double) in doubles.enumerated() {
            for text in ["\(double)", JSONTexts.number(using: &generator)] {
                for target in targets {
                    let difference = target.difference(text)
                    try #require(difference == nil, "seed \(Self.seed), number \(round): \(difference ?? "")")
                }
            }
        }
    }
}
