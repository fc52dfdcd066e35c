internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import ServiceLifecycle

/// An endless answer that tells of changes, as server-sent events.
struct EventStream: Sendable {
    let changes: ChangeBroadcaster

    /// Answers a request for events.
    ///
    /// - Parameter request: The request.
    /// - Returns: An answer that ends when the client goes away or the collector stops.
    func response(to request: Request) -> Response {
        // Listening begins before the answer does, so a client that has the answer's head misses nothing.
        let stream = changes.listen()
        return .init(
            status: .ok, headers: [.contentType: "text/event-stream"],
            body: .init { writer in
                try await writer.write(ByteBuffer(string: "retry: 1000\n\nevent: ready\ndata: 1\n\n"))
                try await request.body.consumeWithCancellationOnInboundClose { _ in
                    for await _ in stream.cancelOnGracefulShutdown() {
                        try await writer.write(ByteBuffer(string: "event: changed\ndata: 1\n\n"))
                    }
                }
                try await writer.finish(nil)
            })
    }
}
