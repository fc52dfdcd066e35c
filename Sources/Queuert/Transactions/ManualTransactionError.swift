/// A transaction that was begun by hand, and whose end the queue was not told of, or not rightly.
public struct ManualTransactionError: RedactedError, Sendable, Hashable {
    /// What was wrong.
    public enum Reason: String, Sendable, Hashable {
        /// The transaction ended, and neither `flushEffects` nor `discardEffects` was called.
        ///
        /// Workers and hooks are told how it ended when the body is over, and not before.
        case effectsForgotten
        /// The body returned while its transaction was open; it was rolled back.
        case leftOpen
        /// The effects were to be flushed or discarded before the transaction had ended.
        case stillOpen
        /// The effects were to be flushed although the transaction was rolled back.
        case rolledBack
        /// The effects were to be discarded although the transaction was committed.
        case committed
        /// The effects were to be flushed or discarded in a transaction that does so by itself.
        case notManual
    }
    /// What was wrong.
    public let reason: Reason

    /// Makes the error.
    ///
    /// - Parameter reason: What was wrong.
    public init(reason: Reason) { self.reason = reason }

    /// What was wrong and what to do.
    public var description: String {
        switch reason {
        case .effectsForgotten:
            """
            A transaction that was begun by hand started chains, and ended without `flushEffects` after COMMIT or \
            `discardEffects` after ROLLBACK: workers and hooks are told of its end when the body is over only.
            """
        case .leftOpen:
            """
            A transaction that was begun by hand was still open at the end and was rolled back. Run COMMIT, then \
            `flushEffects`.
            """
        case .stillOpen:
            "The transaction is still open. Run COMMIT before `flushEffects`, or ROLLBACK before `discardEffects`."
        case .rolledBack: "The transaction was rolled back, so that nothing is to be told of. Call `discardEffects`."
        case .committed: "The transaction was committed, so that workers and hooks are to be told. Call `flushEffects`."
        case .notManual: "This transaction tells of its end by itself. Leave `flushEffects` and `discardEffects` out."
        }
    }
}
