import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import QueuertCollector

@Suite("Requests that ask before they send their body") struct ContinueHandlerTests {
    private func head(length: Int, asks: Bool = true) -> HTTPRequestPart {
        var fields: HTTPFields = [.contentLength: "\(length)"]
        if asks { fields[.expect] = "100-continue" }
        return .head(.init(method: .post, scheme: "http", authority: "a", path: "/v1/traces", headerFields: fields))
    }

    private func status(_ channel: EmbeddedChannel) throws -> Int? {
        guard case .head(let head)? = try channel.readOutbound(as: HTTPResponsePart.self) else { return nil }
        return head.status.code
    }

    @Test("R02 are told to go on, unless they are too large")
    func told() throws {
        let heads: [(HTTPRequestPart, Int?)] = [
            (head(length: 3), 100), (head(length: 64 << 20), 100), (head(length: (64 << 20) + 1), nil),
            (head(length: 3, asks: false), nil),
        ]
        for (head, expected) in heads {
            let channel = EmbeddedChannel(handler: ContinueHandler())
            try channel.writeInbound(head)
            #expect(try status(channel) == expected)
            _ = try channel.finish()
        }
    }

    @Test("R02 aren't told in the middle of the answer to another request")
    func pipelined() throws {
        let channel = EmbeddedChannel(handler: ContinueHandler())
        try channel.writeInbound(head(length: 0, asks: false))
        try channel.writeInbound(HTTPRequestPart.end(nil))
        try channel.writeInbound(head(length: 3))
        #expect(try status(channel) == nil)
        for _ in 0..<2 {
            try channel.writeOutbound(HTTPResponsePart.end(nil))
            _ = try channel.readOutbound(as: HTTPResponsePart.self)
        }
        try channel.writeInbound(head(length: 3))
        #expect(try status(channel) == 100)
        _ = try channel.finish()
    }

    @Test("R02 send it then, and get their answer")
    func received() async throws {
        try await withCollector { client, collector async throws in
            let body = ProtobufPacker.pack([Sample.full])
            let head = """
                POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n\
                Content-Length: \(body.count)\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n
                """
            let answers = try await RawConnection.open(client.port).executeThenClose { inbound, outbound async throws in
                try await outbound.write(ByteBuffer(string: head))
                var parts = inbound.makeAsyncIterator()
                let first = try await parts.next().map { String(buffer: $0) } ?? ""
                try await outbound.write(ByteBuffer(bytes: body))
                var rest = ""
                while let part = try await parts.next() { rest += String(buffer: part) }
                return [first, rest]
            }
            #expect(answers[0] == "HTTP/1.1 100 Continue\r\n\r\n")
            #expect(answers[1].hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(try await collector.store.spans(ofTrace: Sample.full.traceID).count == 1)
        }
    }
}
