/// What a span says of work that came to nothing.
struct UndoneWork {
    let attributes: [Attribute]
    let status: SpanData.Status

    private init(_ attributes: [Attribute], _ status: SpanData.Status) {
        self.attributes = attributes
        self.status = status
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
    static func refused(_ error: any Error, _ configuration: QueueInstrumentation.Configuration) -> UndoneWork {
        let errorType = QueueInstrumentation.errorType(of: error)
        return UndoneWork(
            [Attribute(QueueAttributes.errorType, .string(errorType))], configuration.status(of: error))
    }
}
