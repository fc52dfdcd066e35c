/// How gRPC puts a call into an HTTP/2 request, as far as OTLP needs it: one message there, one back.
///
/// After gRPC's "gRPC over HTTP2".
enum GRPC {
    /// What comes before a message: whether it is compressed, and its length.
    private static let prefixBytes = 5

    /// The headers of each call.
    static func headers(_ compression: OTLPConfiguration.Compression) -> [(name: String, value: String)] {
        let headers = [("Content-Type", "application/grpc"), ("TE", "trailers"), ("grpc-accept-encoding", "gzip")]
        return headers + (compression == .gzip ? [("grpc-encoding", "gzip")] : [])
    }

    /// How long the caller waits, of which there may be eight digits.
    static func deadline(_ timeout: Duration) -> (name: String, value: String) {
        let milliseconds = timeout.components.seconds >= 99_999 ? 99_999_999 : Int64(timeout / .milliseconds(1))
        return ("grpc-timeout", "\(max(1, milliseconds))m")
    }

    /// A message as a request's body.
    static func frame(_ message: [UInt8], isCompressed: Bool) -> [UInt8] {
        var body: [UInt8] = []
        body.reserveCapacity(prefixBytes + message.count)
        body.append(isCompressed ? 1 : 0)
        let count = UInt32(truncatingIfNeeded: message.count)
        for shift in [24, 16, 8, 0] { body.append(UInt8(truncatingIfNeeded: count >> UInt32(shift))) }
        return body + message
    }

    /// An answer's body that holds no message.
    enum Malformed: Error { case cutShort, compression, tooLarge }

    /// The message that an answer's body holds; empty if there is none.
    static func message(in body: [UInt8], encoding: String?, maximumBytes: Int) throws(Malformed) -> [UInt8] {
        if body.isEmpty { return [] }
        guard body.count >= prefixBytes else { throw .cutShort }
        let count = body[1..<prefixBytes].reduce(0) { $0 << 8 | Int($1) }
        guard body.count - prefixBytes >= count else { throw .cutShort }
        let message = [UInt8](body[prefixBytes..<(prefixBytes + count)])
        if body[0] == 0 { return message }
        guard body[0] == 1, encoding == "gzip" else { throw .compression }
        do throws(Gzip.Failure) {
            return try Gzip.decompress(message, maximumBytes: maximumBytes)
        } catch {
            throw error.code == .tooLarge ? .tooLarge : .compression
        }
    }
}
