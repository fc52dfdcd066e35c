internal import NIOCore

/// A request that was stored, for those who want it as well.
struct TeedRequest: Sendable {
    /// What it carries.
    let signal: Signal
    /// The encoding of its body.
    let encoding: OTLPEncoding
    /// How its body is compressed.
    let coding: ContentCoding
    /// The body as it came.
    let body: ByteBuffer
    /// The request in protobuf, and what was found in it.
    let batch: ReceivedBatch
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
