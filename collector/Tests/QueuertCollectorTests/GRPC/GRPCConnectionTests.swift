import Foundation
import Logging
import NIOCore
import NIOHTTP2
import NIOPosix
import Testing

@testable import QueuertCollector

@Suite("Connections that speak gRPC", .timeLimit(.minutes(5))) struct GRPCConnectionTests {
    private typealias Raw = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    private let body = ProtobufPacker.pack([Sample.full])

    /// Sends bytes and nothing more, and waits until the collector has closed the connection.
    private static func send(_ bytes: [UInt8], _ port: Int) async throws {
        do {
            let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connect(host: "127.0.0.1", port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Raw(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(isOutboundHalfClosureEnabled: true))
                    }
                }
            try await connection.executeThenClose { inbound, outbound async throws in
                try await outbound.write(ByteBuffer(bytes: bytes))
                outbound.finish()
                for try await _ in inbound {}
            }
        } catch is IOError {} catch is ChannelError {}
    }

    private static func frame(
        _ type: UInt8, flags: UInt8 = 0, stream: UInt8 = 1, _ payload: [UInt8] = []
    ) -> [UInt8] {
        [0, UInt8(payload.count >> 8), UInt8(payload.count & 0xff), type, flags, 0, 0, 0, stream] + payload
    }

    @Test("R04 what isn't HTTP/2, and frames that break its rules, end their connection and nothing else")
    func hostile() async throws {
        try await withGRPCCollector { client, collector async throws in
            let settings = Self.preface + Self.frame(4, stream: 0)
            let attacks: [[UInt8]] = [
                Array("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8), [0], [UInt8](repeating: 0xff, count: 5_000),
                Self.preface + [0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0], Self.preface + Self.frame(0, [1, 2, 3]),
                settings + Self.frame(0, [0, 0, 0, 0, 1]), settings + Self.frame(1, flags: 4, [0xff, 0xff, 0xff]),
                settings + Self.frame(9, [1]), settings + Self.frame(8, stream: 0, [0, 0, 0, 0]),
                settings + Self.frame(1, flags: 4, stream: 2, [0x82]),
                settings + Self.frame(6, stream: 0, [1, 2, 3]), settings + Self.frame(4, stream: 0, [0, 4, 0xff]),
            ]
            for attack in attacks { try await Self.send(attack, client.port) }
            #expect(try await client.export(body).status == 0)
            #expect(try await collector.store.spans(ofTrace: Sample.full.traceID).count == 1)
        }
    }

    @Test("R04 random frames end their connection and nothing else")
    func noise() async throws {
        try await withGRPCCollector { client, _ async throws in
            var random = SeededGenerator(seed: 0x6e7)
            for _ in 0..<60 {
                var bytes = Self.preface + Self.frame(4, stream: 0)
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    let payload = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    }
                    bytes += Self.frame(
                        .random(in: 0...10, using: &random), flags: .random(in: 0...255, using: &random),
                        stream: .random(in: 0...5, using: &random), payload)
                }
                try await Self.send(bytes, client.port)
            }
            #expect(try await client.export(body).status == 0)
        }
    }

    @Test("R10 a call that stops within its message is cut off, and the connection goes on")
    func slow() async throws {
        try await withGRPCCollector(configure: { $0.requestDeadline = .milliseconds(50) }) { client, _ async throws in
            try await client.connected { connection async throws in
                let calls: [[[UInt8]]] = [[], [GRPCConnection.framed(body).dropLast()]]
                for parts in calls {
                    let answer = try await connection.call(Signal.traces.method, parts: parts, isEnded: false)
                    #expect(answer.status == nil)
                    #expect(answer.reset != nil)
                }
                // On a busy machine a call may be cut off although it is whole.
                try await eventually {
                    try await connection.call("/", parts: [GRPCConnection.framed([])]).status == 12
                }
            }
        }
    }

    @Test("R10 a connection without a call is closed")
    func idle() async throws {
        let grpc = GRPCConfiguration(port: 0, idleTime: .milliseconds(20))
        try await withGRPCCollector(grpc) { client, _ async throws in
            try await client.connected { connection async throws in
                try await connection.channel.closeFuture.get()
            }
        }
    }

    @Test("R10 more calls at once than a connection may have are all answered")
    func concurrentCalls() async throws {
        try await withGRPCCollector { client, collector async throws in
            let count = GRPCChannel.callLimit * 3
            try await client.connected { connection async throws in
                try await withThrowingTaskGroup { group in
                    for number in 0..<count {
                        group.addTask { () async throws in
                            let request = ProtobufPacker.pack([Sample.span(trace: number % 4, number)])
                            #expect(try await connection.export(request).status == 0)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await collector.store.traces(limit: 10).traces.reduce(0) { $0 + $1.spanCount } == count)
        }
    }

    @Test("a port that is taken stops a collector that was told to use it, and no other")
    func portInUse() async throws {
        try await withGRPCCollector { client, _ async throws in
            let http = try await withListening(GRPCConfiguration(port: client.port, isRequired: false))
            #expect(http == 200)
            await #expect {
                _ = try await withListening(GRPCConfiguration(port: client.port))
            } throws: { error in
                (error as? CollectorError)?.code == .portInUse && "\(error)".contains("--grpc-port")
            }
        }
    }

    private func withListening(_ grpc: GRPCConfiguration) async throws -> Int {
        var status = 0
        try await withCollector(configure: { $0.grpc = grpc }) { client, _ async throws in
            status = try await client.get("/health").status
        }
        return status
    }
}

extension ProcessTests {
    @Suite("The program queuert-collector over gRPC") struct GRPCProgramTests {
        @Test("says on which port it listens for gRPC, and stops cleanly while a connection is open")
        func startAndStop() async throws {
            try await withTemporaryFolder { folder async throws in
                let program = try Program(
                    ["--port", "0", "--grpc-port", "0", "--database", folder.path + "/a.sqlite"], in: folder)
                let client = GRPCClient(port: try await program.grpcPort(), http: HTTPClient(port: 0))
                try await client.connected { connection async throws in
                    #expect(try await connection.export(ProtobufPacker.pack([Sample.full])).status == 0)
                    program.process.terminate()
                    try await connection.channel.closeFuture.get()
                }
                let end = try await program.end()
                #expect(end.code == 0)
                #expect(end.errors == "")
                let store = try await SpanStore(path: folder.path + "/a.sqlite")
                #expect(try await store.spans(ofTrace: Sample.full.traceID).count == 1)
                await store.close()
            }
        }

        @Test("a port for gRPC that makes no sense ends the program with a sentence")
        func refusedOption() async throws {
            try await withTemporaryFolder { folder async throws in
                let end = try await Program(
                    ["--port", "0", "--grpc-port", "on", "--database", folder.path + "/a.sqlite"], in: folder
                ).end()
                #expect(end.code != 0)
                #expect(end.errors.contains("'on' isn't a port or off"))
            }
        }
    }
}
