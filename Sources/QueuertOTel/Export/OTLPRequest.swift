/// A request of OTLP, encoded but not compressed: what a receiver takes in one piece.
public struct OTLPRequest: Hashable, Sendable {
    /// What it carries.
    public var signal: OTLPSignal
    /// What it is written in.
    public var encoding: OTLPConfiguration.Encoding
    /// The message.
    public var message: [UInt8]
    /// How many spans, data points or log records it holds.
    public var itemCount: Int

    /// Makes a request of an encoded message.
    ///
    /// - Parameters:
    ///   - signal: What it carries.
    ///   - encoding: What it is written in.
    ///   - message: The message.
    ///   - itemCount: How many spans, data points or log records it holds.
    public init(signal: OTLPSignal, encoding: OTLPConfiguration.Encoding, message: [UInt8], itemCount: Int) {
        self.signal = signal
        self.encoding = encoding
        self.message = message
        self.itemCount = itemCount
    }
}
