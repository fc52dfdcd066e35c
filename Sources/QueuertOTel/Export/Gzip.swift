internal import CZlib

/// Compression in the gzip format.
enum Gzip {
    /// A body that could not be compressed or decompressed.
    struct Failure: Error, Hashable, CustomStringConvertible {
        /// Why.
        enum Code: String { case outOfMemory, tooLarge, malformed }
        let code: Code

        var description: String {
            switch code {
            case .outOfMemory: "There is no memory for compression. Give the process more, or turn compression off."
            case .tooLarge: "The decompressed body is over the limit. Raise the limit, or have less sent."
            case .malformed: "The body isn't gzip, or ends too early. Look at what the sender and proxies between do."
            }
        }
    }

    /// zlib's largest window, plus the flag that asks for the gzip format.
    private static let windowBits: Int32 = 15 + 16

    /// Makes room for a stream, to be deallocated when it has ended.
    ///
    /// zlib remembers a stream's address and refuses one that has moved, as a variable's `&` may from call to call.
    private static func makeStream() -> UnsafeMutablePointer<z_stream> {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        return stream
    }

    /// Compresses with level 1: telemetry repeats itself so much that higher levels cost three times as much time and
    /// gain next to nothing.
    static func compress(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        let stream = makeStream()
        defer { stream.deallocate() }
        guard czlib_deflate_init(stream, 1, windowBits) == Z_OK else { throw Failure(code: .outOfMemory) }
        defer { deflateEnd(stream) }
        var input = bytes
        var result: Int32 = Z_OK
        let bound = Int(deflateBound(stream, UInt(bytes.count)))
        let output = input.withUnsafeMutableBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                stream.pointee.next_in = source.baseAddress
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                result = deflate(stream, Z_FINISH)
                count = target.count - Int(stream.pointee.avail_out)
            }
        }
        guard result == Z_STREAM_END else { throw Failure(code: .outOfMemory) }
        return output
    }

    /// Decompresses one gzip member, up to a limit that a hostile sender can't pass.
    static func decompress(_ bytes: [UInt8], maximumBytes: Int) throws(Failure) -> [UInt8] {
        let stream = makeStream()
        defer { stream.deallocate() }
        guard czlib_inflate_init(stream, windowBits) == Z_OK else { throw Failure(code: .outOfMemory) }
        defer { inflateEnd(stream) }
        var input = bytes
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        var result: Int32 = Z_OK
        input.withUnsafeMutableBufferPointer { source in
            stream.pointee.next_in = source.baseAddress
            stream.pointee.avail_in = UInt32(source.count)
            while result == Z_OK, output.count <= maximumBytes {
                let written = chunk.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    result = inflate(stream, Z_NO_FLUSH)
                    return target.count - Int(stream.pointee.avail_out)
                }
                output.append(contentsOf: chunk[..<written])
            }
        }
        guard output.count <= maximumBytes else { throw Failure(code: .tooLarge) }
        guard result != Z_MEM_ERROR else { throw Failure(code: .outOfMemory) }
        guard result == Z_STREAM_END else { throw Failure(code: .malformed) }
        return output
    }
}
