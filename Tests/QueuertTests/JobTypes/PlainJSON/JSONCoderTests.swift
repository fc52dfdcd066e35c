import Foundation
import Queuert
import Synchronization
import Testing

// A loop without an end fails by itself, as its rounds are counted; the limit is for what takes too long.
@Suite("Coders of plain JSON", .timeLimit(.minutes(10))) struct JSONCoderTests {
    @Test("a decoder is to a value what Foundation's is", arguments: JSONDecodingUse.all)
    func decoding(use: JSONDecodingUse) {
        #expect(use.withPlainJSON == use.withFoundation)
    }

    @Test("an encoder is to a value what Foundation's is")
    func encoding() {
        let samples = JSONSample.encodingUses + JSONSample.leftEncodingUses
        let differences = samples.flatMap { $0.differences() }
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test("a value is left to Foundation only where that is documented")
    func leaving() {
        let left = JSONSample.encodingUses.filter { !$0.isWritten() }.map(\.name)
        #expect(left.isEmpty, "\(left.joined(separator: "\n"))")
        let written = JSONSample.leftEncodingUses.filter { $0.isWritten() }.map(\.name)
        #expect(written.isEmpty, "\(written.joined(separator: "\n"))")
    }

    /// Counts how often its values code themselves.
    private struct Counted: Codable {
        final class Calls: Sendable { let count = Mutex(0) }
        @TaskLocal static var calls = Calls()

        var url = URL(string: "https://example.com"), data = Data([1, 2]), name = "ü\u{1}"
        var numbers = [1.0, 2.5], inner = ["ü": Decimal(1)], at = Date(timeIntervalSinceReferenceDate: 1)

        init() {}
        init(from decoder: any Decoder) throws {
            Self.calls.count.withLock { $0 += 1 }
            let container = try decoder.container(keyedBy: AnyKey.self)
            url = try container.decode(URL.self, forKey: "url")
            data = try container.decode(Data.self, forKey: "data")
            numbers = try container.decode([Int].self, forKey: "numbers").map(Double.init)
            _ = try container.superDecoder(forKey: "none").codingPath
            if try container.decode(Bool.self, forKey: "fails") { throw JSONSample.Stop() }
        }
        func encode(to encoder: any Encoder) throws {
            Self.calls.count.withLock { $0 += 1 }
            var container = encoder.container(keyedBy: AnyKey.self)
            try container.encode(url, forKey: "url")
            try container.encode(data, forKey: "data")
            try container.encode(name, forKey: "name")
            try container.encode(inner, forKey: "inner")
            try container.encode(at, forKey: "at")
            try numbers.encode(to: container.superEncoder(forKey: "numbers"))
        }
        static func counting(_ body: () throws -> Void) rethrows -> Int {
            let calls = Calls()
            try $calls.withValue(calls) { try body() }
            return calls.count.withLock { $0 }
        }
    }

    @Test("a value encodes itself once")
    func encodesOnce() throws {
        #expect(try Counted.counting { _ = try CodecJSON.encode([Counted(), Counted()]) } == 2)
    }

    @Test("a value decodes itself once, and also one that fails", arguments: ["false", "true", "1"])
    func decodesOnce(fails: String) {
        let text = #"[{"url":"a:b","data":"AQID","numbers":[1.0,-0],"fails":\#(fails)}]"#
        let calls = Counted.counting { _ = try? CodecJSON.decode([Counted].self, from: text) }
        #expect(calls == 1)
    }

    @Test("an encoder that is kept does nothing when all is encoded")
    func keptEncoder() throws {
        var kept: (any Encoder)?
        let text = try CodecJSON.encode([
            JSONSample.Scripted { encoder in
                kept = encoder
                var container = encoder.unkeyedContainer()
                try container.encode(1)
            }
        ])
        var container = try #require(kept).unkeyedContainer()
        try container.encode(2)
        #expect(text == "[[1]]")
        #expect(container.count == 2)
    }

    // If each were compared with all others, this would take many minutes.
    @Test("many members take no more time each than few", .timeLimit(.minutes(2)))
    func manyMembers() throws {
        let numbers = Dictionary(uniqueKeysWithValues: (0..<100_000).map { ("name \($0)", $0) })
        let structs = numbers.mapValues { Pair(a: $0, b: "x") }
        let numbersRead = try CodecJSON.decode([String: Int].self, from: CodecJSON.encode(numbers))
        #expect(numbersRead == numbers)
        let structsRead = try CodecJSON.decode([String: Pair].self, from: CodecJSON.encode(structs))
        #expect(structsRead.mapValues(\.a) == numbers)
    }

    @Test("random uses of a decoder find what they find with Foundation's", arguments: 0..<8 as Range<UInt64>)
    func randomDecoding(part: UInt64) throws {
        var read = 0
        for seed in part * 500..<(part + 1) * 500 {
            let text = JSONTrial(seed: seed &* 31).text(depth: 4)
            let plain = JSONTrial.findings(decoding: text, seed: seed) {
                try PlainJSON.decode(RandomReader.self, from: $0)
            }
            if plain == ["left"] { continue }
            let expected = JSONTrial.findings(decoding: text, seed: seed) {
                try FoundationJSON.decode(RandomReader.self, from: $0)
            }
            try #require(plain == expected, "seed \(seed), \(text)")
            read += 1
        }
        #expect(read > 250)
    }

    @Test("random uses of an encoder find and write what they do with Foundation's", arguments: 0..<8 as Range<UInt64>)
    func randomEncoding(part: UInt64) throws {
        var written = 0
        for seed in part * 500..<(part + 1) * 500 {
            // What is left to Foundation may well end the program there.
            guard var plain = JSONTrial.findings(encodingFrom: seed, { try PlainJSON.encode($0) }) else { continue }
            var expected = try #require(JSONTrial.findings(encodingFrom: seed) { try FoundationJSON.encode($0) })
            let isSame = isSameJSON(plain.removeLast(), expected.removeLast())
            try #require(isSame && plain == expected, "seed \(seed)")
            written += 1
        }
        #expect(written > 100)
    }
}
