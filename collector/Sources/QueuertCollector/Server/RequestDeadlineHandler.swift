internal import NIOCore
internal import NIOHTTPTypes

/// Closes a connection whose client is too slow, however steadily it trickles: one whose request doesn't begin, or doesn't
/// arrive, within a time, one that doesn't take its answer, and one that holds up the end of the collector.
final class RequestDeadlineHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let limit: TimeAmount
    private let writeLimit: TimeAmount
    /// How long what is under way may take once the collector is to stop.
    private let stopLimit: TimeAmount
    private var deadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?
    private var stopDeadline: Scheduled<Void>?

    init(limit: TimeAmount, writeLimit: TimeAmount = .seconds(30), stopLimit: TimeAmount = .seconds(10)) {
        self.limit = limit
        self.writeLimit = writeLimit
        self.stopLimit = stopLimit
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // The connection is there, and its first head is to come.
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: begin(context)
        case .body: break
        case .end: cancel()
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The next request is to come, unless it has begun to arrive already.
        if case .end = unwrapOutboundIn(data), deadline == nil { begin(context) }
        context.write(data, promise: promise)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        writeDeadline?.cancel()
        writeDeadline = context.channel.isWritable ? nil : close(context, in: writeLimit)
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Whoever comes next closes the connection when the answers that are under way have ended.
        if event is ChannelShouldQuiesceEvent, stopDeadline == nil { stopDeadline = close(context, in: stopLimit) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        cancel()
        writeDeadline?.cancel()
        writeDeadline = nil
        stopDeadline?.cancel()
        stopDeadline = nil
    }

    private func begin(_ context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = close(context, in: limit)
    }

    private func close(_ context: ChannelHandlerContext, in limit: TimeAmount) -> Scheduled<Void> {
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        return context.value.eventLoop.scheduleTask(in: limit) { context.value.close(promise: nil) }
    }

    private func cancel() {
        deadline?.cancel()
        deadline = nil
    }
}
