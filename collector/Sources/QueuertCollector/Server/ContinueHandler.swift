internal import HTTPTypes
internal import NIOCore
internal import NIOHTTPTypes

/// Tells a client to go on that asks for it before it sends its body (`Expect: 100-continue`), unless the body is too large
/// anyway: then it gets its answer without having sent it.
final class ContinueHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How many requests have begun whose answers haven't ended.
    private var openRequests = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let request) = unwrapInboundIn(data) {
            openRequests += 1
            // Not in the middle of the answer to another request; who isn't told goes on after a moment.
            if openRequests == 1, Self.isWaiting(request) {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { openRequests -= 1 }
        context.write(data, promise: promise)
    }

    private static func isWaiting(_ request: HTTPRequest) -> Bool {
        guard request.headerFields[.expect]?.lowercased() == "100-continue" else { return false }
        return (request.headerFields[.contentLength].flatMap { Int($0) } ?? 0) <= OTLPLimits.requestBytes
    }
}
