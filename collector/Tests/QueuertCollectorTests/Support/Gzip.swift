import CCollectorZlib

/// Compresses for tests.
enum Gzip {
    /// Compresses data as one gzip member, or as a zlib stream.
    static func compress(_ data: [UInt8], asZlib: Bool = false) -> [UInt8] {
        var stream = z_stream()
        guard collector_deflate_init(&stream, 6, asZlib ? 15 : 31) == Z_OK else { preconditionFailure("zlib failed") }
        defer { deflateEnd(&stream) }
        var data = data
        return data.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(input.count))) + 64) {
                output, count in
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { preconditionFailure("zlib failed") }
                count = output.count - Int(stream.avail_out)
            }
        }
    }
}
