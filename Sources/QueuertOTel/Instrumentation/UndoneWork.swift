/// What a span says of work that came to nothing.
struct UndoneWork {
    let attributes: [Attribute]
    let status: SpanData.Status
    /// What is told of the error, where spans tell it.
    let exception: [Attribute]?

    private init(_ attributes: [Attribute], _ status: SpanData.Status, exception: [Attribute]? = nil) {
        self.attributes = attributes
        self.status = status
        self.exception = exception
    }

    /// The work was undone with its transaction.
    static let rolledBack = UndoneWork(
        [
            Attribute(QueueAttributes.errorType, "rollback"),
            Attribute(QueueAttributes.transactionOutcome, "rolled_back"),
        ], .error(description: "the transaction was rolled back"))

    /// The work was refused.
    ///
    /// The transaction may go on without it, and what becomes of that isn't known yet.
    static func refused(
        _ error: any Error, _ configuration: QueueInstrumentation.Configuration, _ places: ExceptionPlaces
    ) -> UndoneWork {
        let errorType = QueueInstrumentation.errorType(of: error)
        return UndoneWork(
            [Attribute(QueueAttributes.errorType, .string(errorType))], configuration.status(of: error),
            exception: places.onSpans ? configuration.exception(error) : nil)
    }

    /// What the span says has happened when the work ended.
    func events(at time: UInt64) -> [SpanData.Event] {
        guard let exception else { return [] }
        return [SpanData.Event(name: EventDefinition.exception.name, time: time, attributes: exception)]
    }
}
