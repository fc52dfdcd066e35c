import CCollectorZlib
import Foundation
import QueuertCollector

/// Requests of 512 spans in traces of eight, as a queue makes them.
///
/// Each span has ten attributes, most of which repeat, and each request has ids of its own.
struct SampleRequests: Sendable {
    static let spanCount = 512
    static let spansPerTrace = 8

    private let template: [UInt8]
    /// Where numbers in sixteen hexadecimal digits or eight bytes are, and what they have in common.
    private var digits: [(position: Int, trace: Int)] = []
    private var traceIDs: [(position: Int, trace: Int)] = []
    private var spanIDs: [(position: Int, span: Int)] = []

    init() {
        template = ProtobufWriter.request((0..<Self.spanCount).map(Self.span))
        let digitMark = Array("mark".utf8)
        for position in template.indices.dropLast(20) where Array(template[position..<(position + 4)]) == digitMark {
            let number = String(decoding: template[(position + 4)..<(position + 20)], as: UTF8.self)
            digits.append((position, Int(number, radix: 16) ?? 0))
        }
        // Ids have bytes that no text has.
        for position in template.indices.dropLast(16) where template[position] == 0xf1 && template[position + 1] == 0xf2
        {
            let number = Int(template[position + 6]) << 8 | Int(template[position + 7])
            if template[position + 2] == 0xf3 {
                traceIDs.append((position, number))
            } else {
                spanIDs.append((position, number))
            }
        }
    }

    /// The size of a request.
    var byteCount: Int { template.count }

    /// Makes a request.
    ///
    /// - Parameter number: Its number; no other request has the same.
    /// - Returns: The request in protobuf.
    func request(_ number: Int) -> [UInt8] {
        var bytes = template
        for (position, trace) in digits {
            let text = String(number * 64 + trace, radix: 16)
            let padded = String(repeating: "0", count: 16 - text.count) + text
            bytes.replaceSubrange((position + 4)..<(position + 20), with: padded.utf8)
        }
        for (position, trace) in traceIDs {
            Self.write(Self.scattered(number * 64 + trace), to: &bytes, at: position)
            Self.write(UInt64(number * 64 + trace), to: &bytes, at: position + 8)
        }
        for (position, span) in spanIDs { Self.write(Self.scattered(number * 512 + span), to: &bytes, at: position) }
        return bytes
    }

    /// Compresses with gzip, as the exporter does.
    static func compressed(_ data: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        guard collector_deflate_init(&stream, 1, 31) == Z_OK else { preconditionFailure("zlib failed") }
        defer { deflateEnd(&stream) }
        var data = data
        return data.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(input.count))) + 64) {
                output, count in
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { preconditionFailure("zlib failed") }
                count = output.count - Int(stream.avail_out)
            }
        }
    }

    /// Ids are random, and a database feels that.
    private static func scattered(_ number: Int) -> UInt64 {
        var value = (UInt64(number) &+ 1) &* 0x9e37_79b9_7f4a_7c15
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        return value ^ value >> 27 | 1
    }

    private static func write(_ number: UInt64, to bytes: inout [UInt8], at position: Int) {
        for offset in 0..<8 { bytes[position + offset] = UInt8(truncatingIfNeeded: number >> UInt64(56 - offset * 8)) }
    }

    private static func span(_ number: Int) -> ReceivedSpan {
        let trace = number / spansPerTrace
        let place = number % spansPerTrace
        func id(_ kind: String, _ number: Int) -> String {
            "f1f2\(kind)0000" + String(format: "%04x", number)
        }
        let traceID = id("f300", trace) + "0000000000000000"
        let mark = "mark" + String(format: "%016x", trace)
        var span = ReceivedSpan()
        span.traceID = traceID
        span.spanID = id("f400", number)
        span.parentSpanID = place == 0 ? "" : id("f400", number - place)
        span.name = ["start index-file", "process index-file", "complete index-file", "SELECT documents"][place % 4]
        span.kind = [4, 5, 3, 3][place % 4]
        span.startTime = 1_800_000_000_000_000_000 + UInt64(number) * 1_000_000
        span.endTime = span.startTime + UInt64(place + 1) * 300_000
        span.flags = 257
        span.attributes = [
            .init("messaging.system", .string("queuert")), .init("messaging.operation.name", .string("process")),
            .init("messaging.operation.type", .string("process")),
            .init("messaging.destination.name", .string("index-file")),
            .init("messaging.message.id", .string("01890a5d-\(mark)")),
            .init("messaging.message.conversation_id", .string("01890a5c-\(mark)")),
            .init("messaging.client.id", .string("worker-7b2f6c1e9a3d4f58")),
            .init("queuert.job.attempt", .int(Int64(place % 3))), .init("queuert.trace.mode", .string("bounded")),
            .init("queuert.job.wait.queue_s", .double(0.25 * Double(place))),
        ]
        if place == 1 { span.links = [link(traceID, id("f400", number - place))] }
        span.resource = [
            .init("service.name", .string("indexer")), .init("service.instance.id", .string("7b2f6c1e-9a3d-4f58")),
            .init("telemetry.sdk.name", .string("queuert")), .init("telemetry.sdk.language", .string("swift")),
            .init("host.name", .string("bench")),
        ]
        span.scope.name = "queuert"
        span.scope.version = "1"
        return span
    }

    private static func link(_ traceID: String, _ spanID: String) -> ReceivedSpan.Link {
        let json = """
            {"traceId":"\(traceID)","spanId":"\(spanID)","attributes":[{"key":"queuert.link.type","value":\
            {"stringValue":"creation"}}]}
            """
        do {
            return try JSONDecoder().decode(ReceivedSpan.Link.self, from: Data(json.utf8))
        } catch { preconditionFailure("the sample is no link: \(error)") }
    }
}
