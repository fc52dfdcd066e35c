import NIOCore
import NIOPosix

/// Connections that send bytes as they are told, and hand out what comes as it comes.
enum RawConnection {
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Opens a connection.
    static func open(_ port: Int) async throws -> Connection {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
    }

    /// Sends a text, and reads until the other side closes the connection.
    static func exchange(_ text: String, port: Int) async throws -> String {
        try await open(port).executeThenClose { inbound, outbound async throws in
            try await outbound.write(ByteBuffer(string: text))
            var received = ""
            for try await part in inbound { received += String(buffer: part) }
            return received
        }
    }
}
