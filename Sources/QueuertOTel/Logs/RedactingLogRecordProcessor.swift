/// Has a function change the attributes of log records before another processor gets them, to leave out what should not leave
/// the service.
///
/// A record's message is no attribute: it stays as it is.
public struct RedactingLogRecordProcessor: LogRecordProcessor {
    private let processor: any LogRecordProcessor
    private let redact: @Sendable (inout [Attribute]) -> Void

    /// Makes a processor in front of another.
    ///
    /// - Parameters:
    ///   - processor: Who gets the records then.
    ///   - redact: Changes attributes. It is called on the thread that logs, so it must not block.
    public init(_ processor: any LogRecordProcessor, redact: @escaping @Sendable (inout [Attribute]) -> Void) {
        self.processor = processor
        self.redact = redact
    }

    /// Passes on what is left of a record.
    ///
    /// - Parameter record: The record.
    public func logged(_ record: LogRecordData) {
        var record = record
        redact(&record.attributes)
        processor.logged(record)
    }
}
