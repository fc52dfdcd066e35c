import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTPTypes
import Testing

@testable import QueuertCollector

@Suite("The time that a request may take to arrive") struct RequestDeadlineHandlerTests {
    private let head = HTTPRequestPart.head(.init(method: .post, scheme: "http", authority: "a", path: "/v1/traces"))
    private let trickle = HTTPRequestPart.body(ByteBuffer(string: "x"))

    @Test("R10 a body that trickles is cut off at the deadline")
    func trickles() throws {
        let channel = EmbeddedChannel(handler: RequestDeadlineHandler(limit: .seconds(60)))
        try channel.connect(to: .init(unixDomainSocketPath: "/test")).wait()
        try channel.writeInbound(head)
        for _ in 0..<59 {
            channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try channel.writeInbound(trickle)
        }
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("R10 a request that has arrived may be answered for as long as it takes")
    func arrives() throws {
        let channel = EmbeddedChannel(handler: RequestDeadlineHandler(limit: .seconds(60)))
        try channel.connect(to: .init(unixDomainSocketPath: "/test")).wait()
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        _ = try channel.finish()
    }

    @Test("R10 a connection on which nothing begins, or a head that trickles, is cut off at the deadline")
    func silent() throws {
        let channel = EmbeddedChannel(handler: RequestDeadlineHandler(limit: .seconds(60)))
        try channel.connect(to: .init(unixDomainSocketPath: "/test")).wait()
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("R10 a connection that is kept after an answer is closed when no other request begins")
    func kept() throws {
        let channel = EmbeddedChannel(handler: RequestDeadlineHandler(limit: .seconds(60)))
        try channel.connect(to: .init(unixDomainSocketPath: "/test")).wait()
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        try channel.writeOutbound(HTTPResponsePart.head(.init(status: .ok)))
        try channel.writeOutbound(HTTPResponsePart.end(nil))
        channel.embeddedEventLoop.advanceTime(by: .seconds(59))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("R10 what is under way when the collector is to stop is cut off at a deadline of its own")
    func stops() throws {
        let channel = EmbeddedChannel(handler: RequestDeadlineHandler(limit: .seconds(60), stopLimit: .seconds(10)))
        try channel.connect(to: .init(unixDomainSocketPath: "/test")).wait()
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(!channel.isActive)
    }

    @Test("R10 a client that doesn't take its answer is cut off")
    func unread() throws {
        let channel = EmbeddedChannel(handler: RequestDeadlineHandler(limit: .seconds(60), writeLimit: .seconds(30)))
        try channel.connect(to: .init(unixDomainSocketPath: "/test")).wait()
        try channel.writeInbound(head)
        try channel.writeInbound(HTTPRequestPart.end(nil))
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        #expect(channel.isActive)
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
        channel.embeddedEventLoop.advanceTime(by: .seconds(30))
        #expect(!channel.isActive)
    }
}
