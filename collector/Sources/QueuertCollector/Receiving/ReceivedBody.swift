internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Reads the body of a request, within limits.
enum ReceivedBody {
    /// Reads a body as it comes.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - reservation: The room that it has in memory.
    /// - Returns: The body.
    /// - Throws: `NIOTooManyBytesError`, `IntakeLimit.Full`, or an error of the connection.
    static func collect(_ request: Request, into reservation: inout IntakeLimit.Reservation) async throws -> ByteBuffer
    {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > OTLPLimits.requestBytes {
            throw NIOTooManyBytesError(maxBytes: OTLPLimits.requestBytes)
        }
        var body = ByteBuffer()
        for try await var chunk in request.body {
            guard body.readableBytes + chunk.readableBytes <= OTLPLimits.requestBytes else {
                throw NIOTooManyBytesError(maxBytes: OTLPLimits.requestBytes)
            }
            try reservation.grow(by: chunk.readableBytes)
            body.writeBuffer(&chunk)
        }
        return body
    }

    /// Decompresses a body.
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - coding: How it is compressed.
    ///   - reservation: The room that it has in memory.
    /// - Returns: What comes out.
    /// - Throws: `DecompressionError` or `IntakeLimit.Full`.
    static func plain(
        _ body: ByteBuffer, _ coding: ContentCoding, into reservation: inout IntakeLimit.Reservation
    ) throws -> [UInt8] {
        switch coding {
        case .identity:
            try reservation.grow(by: body.readableBytes)
            return Array(body.readableBytesView)
        case .gzip, .deflate:
            return try body.withUnsafeReadableBytes { bytes in
                try Decompressor.decompress(bytes, limit: OTLPLimits.requestBytes) { try reservation.grow(by: $0) }
            }
        }
    }
}
