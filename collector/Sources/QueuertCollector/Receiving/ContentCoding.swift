internal import CCollectorZlib

/// How a request's body is compressed.
enum ContentCoding: Sendable {
    /// Not at all.
    case identity
    /// With gzip.
    case gzip
    /// With zlib's format, which HTTP calls deflate.
    case deflate

    /// Reads the value of a `Content-Encoding` header.
    ///
    /// - Parameter header: The value; `nil` if there is no such header.
    init?(header: String?) {
        switch header?.lowercased() {
        case nil, "", "identity": self = .identity
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .deflate
        default: return nil
        }
    }

    /// The value of a `Content-Encoding` header that says so; `nil` if none is needed.
    var header: String? {
        switch self {
        case .identity: nil
        case .gzip: "gzip"
        case .deflate: "deflate"
        }
    }
}

/// Why a compressed body can't be read.
enum DecompressionError: Error {
    /// It isn't what it says, or breaks off.
    case malformed
    /// It becomes larger than allowed.
    case tooLarge
    /// It becomes so many times as large as only something made to do harm does.
    case suspicious
}

/// Decompresses gzip and zlib data; the thin wrapper around zlib.
enum Decompressor {
    /// Decompresses data, and stops as soon as the result is too large.
    ///
    /// - Parameters:
    ///   - compressed: One or more gzip members, or one zlib stream.
    ///   - limit: How many bytes may come out.
    ///   - grow: Called as more memory is used, with the number of bytes.
    /// - Returns: What comes out.
    /// - Throws: `DecompressionError`, or what `grow` throws.
    static func decompress(
        _ compressed: UnsafeRawBufferPointer, limit: Int, grow: (Int) throws -> Void = { _ in }
    ) throws -> [UInt8] {
        // zlib remembers a stream's address and refuses one that has moved, as a variable's `&` may from call to call.
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        defer { stream.deallocate() }
        // 15 is the largest window; 32 more lets zlib tell gzip from zlib by itself.
        guard collector_inflate_init(stream, 15 + 32) == Z_OK else { throw DecompressionError.malformed }
        defer { inflateEnd(stream) }
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: compressed.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: compressed.count)
        var output: [UInt8] = []
        // What zlib writes into, a member with three bytes as well as one with millions.
        try grow(chunkSize)
        while true {
            let before = output.count
            let status = appendChunk(from: stream, to: &output)
            if output.count > before { try grow(output.count - before) }
            guard output.count <= limit else { throw DecompressionError.tooLarge }
            let taken = compressed.count - Int(stream.pointee.avail_in)
            if output.count > OTLPLimits.unsuspiciousBytes, output.count / max(1, taken) > OTLPLimits.compressionRatio {
                throw DecompressionError.suspicious
            }
            if status == Z_STREAM_END {
                guard stream.pointee.avail_in > 0 else { return output }
                // What follows a complete member must be another one.
                guard inflateReset(stream) == Z_OK else { throw DecompressionError.malformed }
            } else if status != Z_OK {
                throw DecompressionError.malformed
            }
        }
    }

    private static let chunkSize = 256 * 1024

    private static func appendChunk(from stream: UnsafeMutablePointer<z_stream>, to output: inout [UInt8]) -> Int32 {
        var status = Z_OK
        let chunk = [UInt8](unsafeUninitializedCapacity: chunkSize) { buffer, count in
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(chunkSize)
            status = inflate(stream, Z_NO_FLUSH)
            count = chunkSize - Int(stream.pointee.avail_out)
        }
        output += chunk
        return status
    }
}
