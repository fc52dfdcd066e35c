import Foundation
import NIOCore

@testable import QueuertCollector

/// What the fuzzer makes up: a request of a signal in one of the forms that the receiver takes.
///
/// The first byte chooses the form, and the rest is the body.
struct FuzzedInput {
    private enum Form: UInt8, CaseIterable { case protobuf, json, gzip, call }

    private let form: Form
    private let signal: Signal
    private let body: ArraySlice<UInt8>

    /// Reads what the fuzzer made; `nil` if it is empty.
    init?(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return nil }
        let forms = Form.allCases.count
        form = Form.allCases[Int(first) % forms]
        signal = Signal.allCases[Int(first) / forms % Signal.allCases.count]
        body = bytes.dropFirst()
    }

    /// Does what the receiver does before it stores something, and what readers do afterwards; stops the program if what was
    /// taken can't be read.
    func receive() {
        guard let (bytes, encoding) = try? plain, let batch = try? encoding.decode(bytes, signal) else { return }
        do {
            if case .traces(let batch) = batch {
                for span in batch.spans {
                    let read = try SpanDecoder.span(Array(batch.bytes[span.message]))
                    precondition(read.traceID == batch.traces[span.trace].text)
                }
                for origin in batch.origins {
                    _ = try SpanDecoder.resource(Array(batch.bytes[origin.resource]))
                    _ = try SpanDecoder.scope(Array(batch.bytes[origin.scope]))
                }
            }
            _ = try OTLPJSON.json(of: batch.bytes, OTLPSchema.shared.request(batch.signal))
        } catch {
            preconditionFailure("what was taken can't be read: \(error)")
        }
    }

    private var plain: (bytes: [UInt8], encoding: OTLPEncoding) {
        get throws {
            switch form {
            case .protobuf: (Array(body), .protobuf)
            case .json: (Array(body), .json)
            case .gzip: (try Self.decompressed(Array(body)), .protobuf)
            case .call: (try message, .protobuf)
            }
        }
    }

    /// The message of a call over gRPC, which arrives in parts; the first byte of each says how long it is.
    private var message: [UInt8] {
        get throws {
            var reader = GRPCMessageReader()
            var rest = body
            while let length = rest.popFirst() {
                var part = ByteBuffer(bytes: rest.prefix(Int(length)))
                rest = rest.dropFirst(Int(length))
                try reader.append(&part)
            }
            let message = try reader.finish()
            let bytes = Array(message.body.readableBytesView)
            return message.isCompressed ? try Self.decompressed(bytes) : bytes
        }
    }

    /// A bomb would only make the fuzzer slow.
    private static func decompressed(_ bytes: [UInt8]) throws -> [UInt8] {
        try bytes.withUnsafeBytes { try Decompressor.decompress($0, limit: 1 << 20) }
    }
}
