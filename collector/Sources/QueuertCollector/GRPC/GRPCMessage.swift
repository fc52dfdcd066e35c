internal import HTTPTypes
internal import NIOCore

/// A message of gRPC's: whether it is compressed, its length, and its bytes.
struct GRPCMessage: Sendable {
    /// What comes before the bytes.
    static let prefixBytes = 5

    /// Whether it is compressed, in the way that the call's headers name.
    let isCompressed: Bool
    /// Its bytes, as they came.
    let body: ByteBuffer

    /// Writes an uncompressed message.
    ///
    /// - Parameter body: Its bytes.
    /// - Returns: The message with what comes before it.
    static func framed(_ body: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.writeInteger(0 as UInt8)
        buffer.writeInteger(UInt32(body.count))
        buffer.writeBytes(body)
        return buffer
    }
}

/// Puts together the one message that a call has, as it arrives.
struct GRPCMessageReader {
    private var received = ByteBuffer()

    /// Adds what has arrived.
    ///
    /// - Parameter data: A part of the call's body.
    /// - Throws: `ReceiverFailure` if the message is too large, or it isn't one message.
    mutating func append(_ data: inout ByteBuffer) throws(ReceiverFailure) {
        received.writeBuffer(&data)
        guard let (flag, length) = prefix else { return }
        guard flag <= 1 else { throw .notOneMessage("begins with a byte that says neither compressed nor not") }
        // Refused as soon as its length is known.
        guard length <= OTLPLimits.requestBytes else { throw .tooLarge }
        guard received.readableBytes - GRPCMessage.prefixBytes <= length else {
            throw .notOneMessage("goes on behind its end")
        }
    }

    /// Ends the body.
    ///
    /// - Returns: The message.
    /// - Throws: `ReceiverFailure` if it isn't complete.
    consuming func finish() throws(ReceiverFailure) -> GRPCMessage {
        guard let (flag, length) = prefix, received.readableBytes - GRPCMessage.prefixBytes == length else {
            throw .notOneMessage("breaks off")
        }
        received.moveReaderIndex(forwardBy: GRPCMessage.prefixBytes)
        return GRPCMessage(isCompressed: flag == 1, body: received)
    }

    private var prefix: (flag: UInt8, length: Int)? {
        let start = received.readerIndex
        guard let flag = received.getInteger(at: start, as: UInt8.self),
            let length = received.getInteger(at: start + 1, as: UInt32.self)
        else { return nil }
        return (flag, Int(length))
    }
}

extension ReceiverFailure {
    fileprivate static func notOneMessage(_ what: String) -> Self {
        .init(.badRequest, .invalidArgument, "the call's message \(what). Send one message with its length before it.")
    }
}
