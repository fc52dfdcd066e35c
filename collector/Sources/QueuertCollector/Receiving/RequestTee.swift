internal import NIOCore

/// A request that was stored, for those who want it as well.
struct TeedRequest: Sendable {
    /// What it carries.
    let signal: Signal
    /// The encoding of its body.
    let encoding: OTLPEncoding
    /// How its body is compressed.
    let coding: ContentCoding
    /// The body as it came; empty where it isn't needed.
    var body: ByteBuffer
    /// The request in protobuf, decompressed; empty where it isn't needed.
    var protobuf: [UInt8]

    /// How many bytes it holds.
    var size: Int { body.readableBytes + protobuf.count }
}

/// Someone who gets what was received, once it is stored.
///
/// Whatever goes wrong there is counted and told, and never keeps the sender waiting.
protocol RequestTee: Sendable {
    /// Takes a request if there is room, and drops and counts it if not.
    ///
    /// - Parameter request: The request.
    func offer(_ request: TeedRequest)
}
