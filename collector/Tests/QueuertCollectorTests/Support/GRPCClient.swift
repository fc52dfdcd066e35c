import COTLP
import Foundation
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

@testable import QueuertCollector

/// What a call over gRPC got.
struct GRPCClientAnswer: Sendable {
    /// The fields of the answer's headers and trailers.
    var fields = HPACKHeaders()
    var body: [UInt8] = []
    /// With which error the collector ended the stream; `nil` if it ended well.
    var reset: HTTP2ErrorCode?

    var httpStatus: String? { fields.first(name: ":status") }
    var status: Int? { fields.first(name: "grpc-status").flatMap { Int($0) } }
    var message: String { fields.first(name: "grpc-message")?.removingPercentEncoding ?? "" }
    /// OTLP's response, without what gRPC puts before it.
    var response: [UInt8] { Array(body.dropFirst(GRPCMessage.prefixBytes)) }

    /// After how many seconds the collector wants the call again; `nil` if it doesn't.
    var retryDelay: Int64? {
        guard let text = fields.first(name: "grpc-status-details-bin"),
            let bytes = Data(base64Encoded: text + String(repeating: "=", count: (4 - text.count % 4) % 4)),
            let status = queuert__otlp__v1__rpc_status__unpack(nil, bytes.count, Array(bytes))
        else { return nil }
        defer { queuert__otlp__v1__rpc_status__free_unpacked(status, nil) }
        guard status.pointee.n_details == 1, let detail = status.pointee.details[0],
            String(cString: detail.pointee.type_url) == "type.googleapis.com/google.rpc.RetryInfo",
            let info = queuert__otlp__v1__retry_info__unpack(nil, detail.pointee.value.len, detail.pointee.value.data)
        else { return nil }
        defer { queuert__otlp__v1__retry_info__free_unpacked(info, nil) }
        return info.pointee.retry_delay?.pointee.seconds
    }
}

/// A client that sends exactly what it is told, headers that are missing and lengths that are wrong.
struct GRPCClient: Sendable {
    let port: Int
    /// Asks the same collector over HTTP.
    let http: HTTPClient

    /// Exports a request, over a connection of its own.
    func export(
        _ body: [UInt8], _ signal: Signal = .traces, headers: [String: String] = [:]
    ) async throws -> GRPCClientAnswer {
        try await connected { connection async throws in try await connection.export(body, signal, headers: headers) }
    }

    /// Makes a call with any bytes as its body, over a connection of its own.
    func call(
        _ path: String, headers: [String: String] = [:], parts: [[UInt8]] = [], isEnded: Bool = true
    ) async throws -> GRPCClientAnswer {
        try await connected { connection async throws in
            try await connection.call(path, headers: headers, parts: parts, isEnded: isEnded)
        }
    }

    /// Keeps a connection open while the body runs.
    func connected<Value: Sendable>(
        _ body: (GRPCConnection) async throws -> Value
    ) async throws -> Value {
        let (channel, streams) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.configureAsyncHTTP2Pipeline(mode: .client) { $0.eventLoop.makeSucceededVoidFuture() }
                    .map { (channel, $0) }
            }
        let result: Result<Value, any Error>
        do { result = .success(try await body(GRPCConnection(channel: channel, streams: streams))) } catch {
            result = .failure(error)
        }
        try? await channel.close()
        return try result.get()
    }
}

/// A connection, over which calls go one after the other or at once.
struct GRPCConnection: Sendable {
    private typealias Stream = NIOAsyncChannel<HTTP2Frame.FramePayload, HTTP2Frame.FramePayload>

    let channel: any Channel
    let streams: NIOHTTP2Handler.AsyncStreamMultiplexer<Void>

    func export(
        _ body: [UInt8], _ signal: Signal = .traces, headers: [String: String] = [:]
    ) async throws -> GRPCClientAnswer {
        let frame = Self.framed(body, isCompressed: headers["grpc-encoding"] != nil)
        return try await call(signal.method, headers: headers, parts: [frame])
    }

    func call(
        _ path: String, headers: [String: String] = [:], parts: [[UInt8]] = [], isEnded: Bool = true
    ) async throws -> GRPCClientAnswer {
        let stream = try await streams.openStream { channel in
            channel.eventLoop.makeCompletedFuture { try Stream(wrappingChannelSynchronously: channel) }
        }
        var fields = [
            ":method": "POST", ":scheme": "http", ":authority": "127.0.0.1", ":path": path,
            "content-type": "application/grpc", "te": "trailers",
        ].merging(headers) { $1 }
        // Pseudo-headers come first.
        let pseudo = fields.keys.filter { $0.hasPrefix(":") }.sorted()
        var list = HPACKHeaders(pseudo.map { ($0, fields.removeValue(forKey: $0) ?? "") })
        for (name, value) in fields where !value.isEmpty { list.add(name: name, value: value) }
        return try await stream.executeThenClose { [list] inbound, outbound in
            try await outbound.write(
                .headers(.init(headers: list, endStream: isEnded && parts.isEmpty)))
            for (index, part) in parts.enumerated() {
                let isLast = isEnded && index == parts.count - 1
                do {
                    try await outbound.write(
                        .data(.init(data: .byteBuffer(ByteBuffer(bytes: part)), endStream: isLast)))
                } catch {
                    // The answer has come before all was sent.
                    break
                }
            }
            return try await Self.answer(inbound)
        }
    }

    private static func answer(
        _ inbound: NIOAsyncChannelInboundStream<HTTP2Frame.FramePayload>
    ) async throws -> GRPCClientAnswer {
        var answer = GRPCClientAnswer()
        do {
            for try await frame in inbound {
                switch frame {
                case .headers(let headers):
                    answer.fields.add(contentsOf: headers.headers)
                    if headers.endStream { return answer }
                case .data(let data):
                    if case .byteBuffer(let bytes) = data.data { answer.body += Array(bytes.readableBytesView) }
                case .rstStream(let code): answer.reset = code
                default: break
                }
            }
        } catch let error as NIOHTTP2Errors.StreamClosed {
            answer.reset = error.errorCode
        }
        return answer
    }

    /// A message with what gRPC puts before it.
    static func framed(_ body: [UInt8], isCompressed: Bool = false) -> [UInt8] {
        let length = UInt32(body.count)
        return [isCompressed ? 1 : 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) } + body
    }
}
