import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

@testable import QueuertCollector

/// An answer over HTTP.
struct HTTPAnswer {
    /// The headers; a name may have several values.
    struct Headers {
        fileprivate var fields = HTTPHeaders()
        subscript(name: String) -> [String] { fields[name] }
    }

    var status = 0
    var headers = Headers()
    var body: [UInt8] = []
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// A client that sends exactly what it is told, missing headers and all.
struct HTTPClient: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>

    let port: Int

    func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8] = []
    ) async throws -> HTTPAnswer {
        try await connected { inbound, outbound in
            try await Self.write(method, path, headers, body, port: port, to: outbound)
            var answer = HTTPAnswer()
            for try await part in inbound {
                switch part {
                case .head(let head): (answer.status, answer.headers.fields) = (Int(head.status.code), head.headers)
                case .body(let buffer): answer.body += Array(buffer.readableBytesView)
                case .end: return answer
                }
            }
            return answer
        }
    }

    func get(_ path: String) async throws -> HTTPAnswer { try await send("GET", path) }

    /// Posts an export request.
    func export(
        _ body: [UInt8], _ signal: Signal = .traces, type: String = "application/x-protobuf", coding: String? = nil
    ) async throws -> HTTPAnswer {
        var headers = ["Content-Type": type]
        headers["Content-Encoding"] = coding
        return try await send("POST", signal.path, headers: headers, body: body)
    }

    /// Reads a document of the API.
    func json(_ path: String) async throws -> JSONNode {
        JSONNode(try JSONSerialization.jsonObject(with: Data(try await get(path).body)))
    }

    /// Reads an endless answer until it ends, or holds a text as often as there are steps.
    ///
    /// The first step is taken when the answer has begun, and each of the others when the text has come once more.
    func listen(
        _ path: String, until text: String, steps: [@Sendable () async throws -> Void]
    ) async throws -> String {
        try await connected { inbound, outbound in
            try await Self.write("GET", path, [:], [], port: port, to: outbound)
            var received = ""
            var taken = 0
            for try await case .body(let buffer) in inbound {
                received += String(buffer: buffer)
                guard received.contains("event: ready") else { continue }
                let count = received.components(separatedBy: text).count - 1
                while taken < steps.count, taken <= count {
                    try await steps[taken]()
                    taken += 1
                }
                if count >= steps.count { break }
            }
            return received
        }
    }

    private func connected<Value: Sendable>(
        _ body:
            @Sendable @escaping (
                NIOAsyncChannelInboundStream<HTTPClientResponsePart>,
                NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
            ) async throws -> Value
    ) async throws -> Value {
        let connection: Connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    return try Connection(wrappingChannelSynchronously: channel)
                }
            }
        return try await connection.executeThenClose { inbound, outbound in try await body(inbound, outbound) }
    }

    private static func write(
        _ method: String, _ path: String, _ headers: [String: String], _ body: [UInt8], port: Int,
        to outbound: NIOAsyncChannelOutboundWriter<HTTPClientRequestPart>
    ) async throws {
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: path)
        head.headers.add(name: "Host", value: headers["Host"] ?? "127.0.0.1:\(port)")
        for (name, value) in headers where name != "Host" { head.headers.add(name: name, value: value) }
        if !body.isEmpty { head.headers.add(name: "Content-Length", value: "\(body.count)") }
        try await outbound.write(.head(head))
        if !body.isEmpty { try await outbound.write(.body(.byteBuffer(ByteBuffer(bytes: body)))) }
        try await outbound.write(.end(nil))
    }
}
