internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP2

/// What a connection that speaks gRPC consists of: HTTP/2 without TLS, by prior knowledge, and calls as its streams.
struct GRPCChannel: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let streams: NIOHTTP2Handler.AsyncStreamMultiplexer<GRPCCallHandler.Stream>
    }

    /// How many calls of one connection may be under way.
    static let callLimit = 32
    /// How long a sender may take to go once it was asked to.
    private static let farewell = TimeAmount.seconds(10)
    private static let streamWindow = 256 << 10
    private static let connectionWindow = 1 << 20

    let calls: GRPCCallHandler
    /// After how long without a call a connection is closed.
    let idleTime: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            let manager = NIOHTTP2ServerConnectionManagementHandler(
                eventLoop: channel.eventLoop,
                configuration: .init(maxIdleTime: idleTime, maxAge: nil, maxGraceTime: Self.farewell, keepalive: nil))
            // Nobody who speaks HTTP/2 closes one direction only: who is done closes both.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
            let pipeline = channel.pipeline.syncOperations
            let streams = try pipeline.configureAsyncHTTP2Pipeline(
                mode: .server, streamDelegate: manager.http2StreamDelegate, configuration: Self.configuration
            ) { stream in
                stream.eventLoop.makeCompletedFuture {
                    try GRPCCallHandler.Stream(wrappingChannelSynchronously: stream)
                }
            }
            try pipeline.addHandler(FarewellHandler(limit: Self.farewell))
            try pipeline.addHandler(manager)
            return Value(channel: channel, streams: streams)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            try await withThrowingDiscardingTaskGroup { group in
                for try await stream in value.streams.inbound { group.addTask { await calls.handle(stream) } }
            }
        } catch {
            logger.debug("a connection ended with an error", metadata: ["error": "\(error)"])
        }
        // Cancelled, it is still open.
        try? await value.channel.close()
    }

    private static var configuration: NIOHTTP2Handler.Configuration {
        var configuration = NIOHTTP2Handler.Configuration()
        configuration.connection.initialSettings = [
            .init(parameter: .maxConcurrentStreams, value: callLimit),
            .init(parameter: .maxHeaderListSize, value: 16 << 10),
            .init(parameter: .initialWindowSize, value: streamWindow),
        ]
        configuration.connection.targetWindowSize = connectionWindow
        configuration.stream.targetWindowSize = streamWindow
        // Some gRPC libraries measure the connection with a PING for each answer: the usual 200 in 30 seconds, which are meant
        // against floods, would cut off an honest sender of seven requests a second.
        configuration.connection.controlFrameRateLimit.maximumCount = 100_000
        return configuration
    }
}

/// Closes a connection that was asked to go (by GOAWAY) and doesn't, and one that breaks HTTP/2's rules.
final class FarewellHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTP2Frame
    typealias InboundOut = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    private let limit: TimeAmount
    private var deadline: Scheduled<Void>?

    init(limit: TimeAmount) { self.limit = limit }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .goAway = unwrapOutboundIn(data).payload, deadline == nil {
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            deadline = context.value.eventLoop.scheduleTask(in: limit) { context.value.close(promise: nil) }
        }
        context.write(data, promise: promise)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An error of one stream ends that stream only.
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { cancel() }

    private func cancel() {
        deadline?.cancel()
        deadline = nil
    }
}
