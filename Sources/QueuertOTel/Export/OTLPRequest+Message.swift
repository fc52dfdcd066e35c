package import Queuert

extension TelemetryMessage {
    /// A request as the database keeps it.
    ///
    /// - Parameter request: The request.
    package init(_ request: OTLPRequest) {
        self.init(
            signal: request.signal.rawValue, encoding: request.encoding == .json ? "json" : "protobuf",
            bytes: request.message, itemCount: request.itemCount)
    }
}

extension OTLPRequest {
    /// Several requests of a signal as one, made of what a database has kept.
    ///
    /// In protobuf, messages that stand one after the other are one message with the fields of all.
    ///
    /// - Parameters:
    ///   - messages: The messages, at least one, all in the encoding of the first; more than one only in protobuf.
    ///   - signal: What they carry.
    package init(_ messages: [TelemetryMessage], signal: OTLPSignal) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(messages.reduce(0) { $0 + $1.bytes.count })
        for message in messages { bytes += message.bytes }
        self.init(
            signal: signal, encoding: messages.first?.encoding == "json" ? .json : .protobuf, message: bytes,
            itemCount: messages.reduce(0) { $0 + $1.itemCount })
    }
}
