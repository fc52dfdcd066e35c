import Foundation
import Testing

@testable import QueuertCollector

/// Damaged and hostile bodies: a few thousand, or as many as QUEUERT_COLLECTOR_FUZZ says, from a seed that
/// QUEUERT_COLLECTOR_FUZZ_SEED may give.
@Suite("Hostile input") struct FuzzTests {
    private struct Sample {
        let signal: Signal
        let encoding: OTLPEncoding
        let body: [UInt8]
    }

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test("R04 any body is taken or refused by a sentence, and whatever is taken can be read")
    func bodies() throws {
        let count = Int(Self.number("QUEUERT_COLLECTOR_FUZZ") ?? 3_000)
        var random = SeededGenerator(seed: Self.number("QUEUERT_COLLECTOR_FUZZ_SEED") ?? 0xc011)
        let samples = try Self.samples()
        var taken = 0
        var refused = 0
        for _ in 0..<count {
            let sample = samples[Int.random(in: 0..<samples.count, using: &random)]
            let other = samples[Int.random(in: 0..<samples.count, using: &random)]
            let body = Self.mutated(sample.body, other.body, &random)
            let batch: ReceivedBatch
            do { batch = try sample.encoding.decode(body, sample.signal) } catch {
                #expect(!error.message.isEmpty)
                refused += 1
                continue
            }
            try Self.read(batch)
            taken += 1
        }
        #expect(taken > count / 100)
        #expect(refused > count / 10)
    }

    @Test("R04 what is nested a million times, or never ends, is refused at once", arguments: Signal.allCases)
    func nested(_ signal: Signal) {
        for opening in ["[", #"{"a":"#, #"{"\#(signal.member)":["#] {
            let body = Array(String(repeating: opening, count: 1_000_000).utf8)
            #expect(throws: OTLPDecodingError.self) { try OTLPEncoding.json.decode(body, signal) }
        }
        #expect(throws: OTLPDecodingError.self) {
            try OTLPEncoding.protobuf.decode([0x0a, 0xff, 0xff, 0xff, 0x7f], signal)
        }
    }

    @Test("R04 bodies of random bytes are taken or refused", arguments: Signal.allCases)
    func noise(_ signal: Signal) throws {
        var random = SeededGenerator(seed: 0x0153)
        for _ in 0..<500 {
            let body = (0..<Int.random(in: 0...300, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for encoding in [OTLPEncoding.protobuf, .json] {
                guard let batch = try? encoding.decode(body, signal) else { continue }
                try Self.read(batch)
            }
        }
    }

    @Test("R04 the seeds of the fuzzer are taken or refused, among them what has stopped it once")
    func seeds() throws {
        let folder = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../Fuzzing/Corpus").standardized
        let seeds = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(seeds.count >= 12)
        for seed in seeds {
            let bytes = [UInt8](try Data(contentsOf: seed))
            // The first byte is the fuzzer's; what follows is tried as each signal in each form.
            for signal in Signal.allCases {
                for encoding in [OTLPEncoding.protobuf, .json] {
                    guard let batch = try? encoding.decode(Array(bytes.dropFirst()), signal) else { continue }
                    try Self.read(batch)
                }
            }
        }
    }

    /// Reads all that was taken, as it is read from the database.
    private static func read(_ batch: ReceivedBatch) throws {
        if case .traces(let batch) = batch {
            for span in batch.spans {
                let read = try SpanDecoder.span(Array(batch.bytes[span.message]))
                #expect(read.traceID == batch.traces[span.trace].text)
            }
            for origin in batch.origins {
                _ = try SpanDecoder.resource(Array(batch.bytes[origin.resource]))
                _ = try SpanDecoder.scope(Array(batch.bytes[origin.scope]))
            }
        }
        let json = try OTLPJSON.json(of: batch.bytes, OTLPSchema.shared.request(batch.signal))
        // Foundation may not take what is nested as deep as is allowed, but all else.
        _ = try? JSONSerialization.jsonObject(with: Data(json))
    }

    private static func samples() throws -> [Sample] {
        let texts: [(Signal, String)] = [
            (.metrics, SampleTelemetry.metrics(1)), (.logs, SampleTelemetry.log(1)),
            (
                .traces,
                String(
                    decoding: try OTLPJSON.json(
                        of: ProtobufPacker.pack([QueuertCollectorTests.Sample.full]),
                        OTLPSchema.shared.request(.traces)), as: UTF8.self)
            ),
        ]
        return try texts.flatMap { signal, text in
            [
                Sample(signal: signal, encoding: .json, body: Array(text.utf8)),
                Sample(signal: signal, encoding: .protobuf, body: try SampleTelemetry.protobuf(text, signal)),
            ]
        }
    }

    private static func mutated(
        _ body: [UInt8], _ other: [UInt8], _ random: inout SeededGenerator
    ) -> [UInt8] {
        var bytes = body
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            guard !bytes.isEmpty else { return bytes }
            let index = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, index + Int.random(in: 1...40, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[index] = .random(in: 0...255, using: &random)
            case 2: bytes.removeSubrange(index..<end)
            case 3: bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 4: bytes.removeSubrange(index...)
            case 5:
                let from = Int.random(in: 0..<other.count, using: &random)
                bytes.insert(contentsOf: other[from..<min(other.count, from + 60)], at: index)
            case 6: bytes[index] = [0x00, 0x7f, 0x80, 0xff, 0x0a, 0x12, 0x22, 0x5c].randomElement(using: &random) ?? 0
            default:
                let value = Array(bytes[index..<end]).asField(UInt8.random(in: 1...127, using: &random))
                bytes.replaceSubrange(index..<end, with: value)
            }
        }
        return bytes
    }
}
