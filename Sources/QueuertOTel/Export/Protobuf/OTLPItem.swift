/// What OTLP sends of one signal: a span, a metric, a log record.
protocol OTLPItem: Sendable {
    /// Which signal it is of.
    static var signal: OTLPSignal { get }
    /// The library that it comes from.
    var scope: InstrumentationScope { get }
    /// How many of what a receiver counts it stands for.
    var itemCount: Int { get }

    /// Writes the message's fields, from the last to the first.
    func write(to writer: inout ProtobufWriter)

    /// Writes the members of the message in JSON.
    func write(to json: inout JSONWriter)
}
