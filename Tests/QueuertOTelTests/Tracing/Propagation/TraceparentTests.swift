import QueuertOTel
import Testing

@Suite("Traceparent") struct TraceparentTests {
    private static let ids = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

    @Test("T01 a valid header is read, and written as it was")
    func roundTrip() throws {
        let header = "00-\(Self.ids)-01"
        let context = try #require(TraceContext(traceparent: header))
        #expect(context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(context.spanID.description == "00f067aa0ba902b7")
        #expect(context.flags == .sampled)
        #expect(context.isRemote)
        #expect(context.traceparent == header)
    }

    @Test(
        "T01 an invalid header is nothing",
        arguments: [
            "", "00", "garbage", "00-\(ids)", "00-\(ids)-", "00-\(ids)-1", "00-\(ids)-001", "00-\(ids)-01-",
            "00-\(ids)-01-extra", "00-\(ids)-01 ", " 00-\(ids)-01", "ff-\(ids)-01", "FF-\(ids)-01", "0-\(ids)-01",
            "000-\(ids)-01", "0x-\(ids)-01", "00_\(ids)_01", "00-\(ids)-0g", "00-\(ids)-0A", "cc-\(ids)-01x",
            "cc-\(ids)-01.", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47360-0f067aa0ba902b7-01", "00-\(ids)-０１",
        ])
    func invalid(header: String) {
        #expect(TraceContext(traceparent: header) == nil)
    }

    @Test("T01 an identifier with anything but lower-case hexadecimal digits is nothing")
    func noDigits() {
        let header = Array("00-\(Self.ids)-01".utf8)
        let wrong = (0..<128).filter { !"0123456789abcdef".utf8.contains($0) } as [UInt8]
        var read: [String] = []
        for position in Array(3..<35) + Array(36..<52) {
            for byte in wrong {
                var header = header
                header[position] = byte
                let text = String(decoding: header, as: UTF8.self)
                if TraceContext(traceparent: text) != nil { read.append(text) }
            }
        }
        #expect(read == [])
    }

    @Test(
        "T01 a later version is read as far as version 00 goes",
        arguments: ["01-\(ids)-01", "cc-\(ids)-01", "cc-\(ids)-01-", "fe-\(ids)-01-what-the-future-brings"])
    func laterVersion(header: String) throws {
        let context = try #require(TraceContext(traceparent: header))
        #expect(context.traceparent == "00-\(Self.ids)-01")
    }

    @Test(
        "T02 known flags are tested bit by bit, and others are cleared",
        arguments: [
            ("00", TraceFlags(), "00"), ("01", .sampled, "01"), ("02", .random, "02"),
            ("03", [.sampled, .random], "03"),
            ("ff", [.sampled, .random], "03"), ("fc", [], "00"), ("11", .sampled, "01"),
        ] as [(String, TraceFlags, String)])
    func flags(text: String, flags: TraceFlags, written: String) throws {
        let context = try #require(TraceContext(traceparent: "00-\(Self.ids)-\(text)"))
        #expect(context.flags == flags)
        #expect(context.traceparent == "00-\(Self.ids)-\(written)")
    }

    @Test("T02 flags that a program sets are written as two digits, known ones only")
    func writtenFlags() {
        let context = TraceContext(
            traceID: TraceID(high: 0, low: 0xab), spanID: SpanID(value: 1), flags: TraceFlags(rawValue: 0x11))
        #expect(context.traceparent == "00-000000000000000000000000000000ab-0000000000000001-01")
    }

    @Test("T05 no text makes the reader fail, and what it reads it can write and read again")
    func anyText() {
        let ids = SeededIDGenerator(seed: 5)
        let alphabet = Array("0123456789abcdef-fF gé\u{0}")
        var read = 0
        for _ in 0..<5_000 {
            // A valid header with one to three characters replaced.
            var header = Array("00-\(ids.makeTraceID())-\(ids.makeSpanID())-01")
            var noise = ids.makeSpanID().value
            for _ in 0...(noise % 3) {
                header[Int((noise >> 8) % 55)] = alphabet[Int((noise >> 16) % UInt64(alphabet.count))]
                noise = ids.makeSpanID().value
            }
            if let context = TraceContext(traceparent: String(header)) {
                read += 1
                #expect(TraceContext(traceparent: context.traceparent) == context)
                #expect(context.traceparent.dropFirst(3).prefix(49) == String(header).dropFirst(3).prefix(49))
            }
        }
        #expect(read > 0)
    }
}
