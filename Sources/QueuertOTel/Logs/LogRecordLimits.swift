/// How much a log record may hold; what is over is dropped and counted.
public struct LogRecordLimits: Hashable, Sendable {
    /// How many attributes a record may have.
    ///
    /// `OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT`; 128.
    public var attributes: Int
    /// How many characters a text in an attribute may have; the rest is cut off.
    ///
    /// `OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT`; `nil`, for any number. Characters are Unicode's scalars.
    public var attributeValueLength: Int?

    /// Makes limits.
    ///
    /// - Parameters:
    ///   - attributes: How many attributes a record may have.
    ///   - attributeValueLength: How many characters a text in an attribute may have; `nil` for any number.
    public init(attributes: Int = 128, attributeValueLength: Int? = nil) {
        self.attributes = attributes
        self.attributeValueLength = attributeValueLength
    }

    /// Cuts a record down to the limits; the first attributes stay.
    func apply(to record: inout LogRecordData) {
        let excess = record.attributes.count - max(attributes, 0)
        if excess > 0 {
            record.attributes.removeLast(excess)
            record.droppedAttributes += excess
        }
        guard let length = attributeValueLength else { return }
        for index in record.attributes.indices { record.attributes[index].value.truncate(to: length) }
    }
}
