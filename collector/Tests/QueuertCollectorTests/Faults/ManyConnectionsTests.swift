import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import QueuertCollector

// Not beside those that start programs: Foundation reads the list of open files then, and where there are about a thousand,
// what lies behind its end, which now and then ends all tests.
extension ProcessTests {
    @Suite("Many connections") struct ManyConnectionsTests {
        @Test("R10 with 1,000 connections open, each is served, and new senders too")
        func thousand() async throws {
            try OpenFileLimit.raise(to: 4_096)
            // On a busy machine it takes a while until all are open, and the first mustn't be cut off meanwhile.
            try await withCollector(configure: { $0.requestDeadline = .seconds(3_600) }) {
                client, collector async throws in
                let group = MultiThreadedEventLoopGroup.singleton
                var open: [(channel: any Channel, answer: EventLoopFuture<String>)] = []
                for _ in 0..<1_000 {
                    let answer = group.any().makePromise(of: String.self)
                    let channel = try await ClientBootstrap(group: group)
                        .channelInitializer { channel in
                            channel.eventLoop.makeCompletedFuture {
                                try channel.pipeline.syncOperations.addHandler(AnswerHandler(answer))
                            }
                        }
                        .connect(host: "127.0.0.1", port: client.port).get()
                    open.append((channel, answer.futureResult))
                }
                #expect(try await client.export(ProtobufPacker.pack([Sample.full])).status == 200)
                for (channel, _) in open { channel.writeAndFlush(ConnectionTests.health(client.port), promise: nil) }
                for (channel, answer) in open {
                    #expect(try await answer.get().hasPrefix("HTTP/1.1 200"))
                    try await channel.close()
                }
                #expect(try await collector.store.spans(ofTrace: Sample.full.traceID).count == 1)
            }
        }
    }
}

/// Waits for an answer that ends well.
private final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<String>
    private var received = ""

    init(_ answer: EventLoopPromise<String>) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        if received.contains("ok") { answer.succeed(received) }
    }

    func channelInactive(context: ChannelHandlerContext) { answer.fail(ChannelError.eof) }
}
