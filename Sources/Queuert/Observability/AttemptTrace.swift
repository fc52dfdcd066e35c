/// The telemetry of an attempt.
///
/// Either ``ended(_:)`` is called, once, after the attempt was settled and committed, or nothing is told: an attempt whose
/// lease was lost is told of by whoever settles it.
public protocol AttemptTrace: Sendable {
    /// The context of the attempt's span, to be stored when the attempt is settled: the next attempt is told it.
    var context: String? { get }

    /// What of it is to be stored when the attempt has ended its job, so that no other follows; by default all of it.
    var finalContext: String? { get }

    /// The attempt's handler is about to be called.
    ///
    /// - Parameter batch: The attempts that share the call, the current one first; only this one outside of batches.
    func started(in batch: [any AttemptTrace])

    /// Runs the handler with the attempt as the current span.
    ///
    /// - Parameter body: The handler.
    /// - Returns: What the handler returns.
    /// - Throws: What the handler throws.
    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R

    /// A phase of the attempt begins.
    ///
    /// - Parameter phase: Which.
    /// - Returns: The phase, to be ended.
    func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace

    /// The attempt was settled.
    ///
    /// - Parameter end: How.
    func ended(_ end: AttemptEnd)
}

extension AttemptTrace {
    /// The context of the attempt's span.
    public var finalContext: String? { context }
}

/// The telemetry of a job that is completed without a worker.
public protocol CompletionTrace: AttemptTrace {
    /// The transaction was rolled back: the job is as it was.
    func rolledBack()
    /// The completion was refused, and the job is as it was: what becomes of the transaction is up to the caller.
    ///
    /// By default it is told as a rollback.
    ///
    /// - Parameter error: Why.
    func refused(_ error: any Error)
}

extension CompletionTrace {
    /// Tells it as a rollback.
    ///
    /// - Parameter error: Not looked at.
    public func refused(_ error: any Error) { rolledBack() }
}

/// A part of an attempt that has a transaction of its own.
public enum AttemptPhase: String, Sendable, Hashable {
    /// A staged handler reads and reserves what it needs.
    case prepare
    /// The attempt's result is written.
    case complete
}

/// The telemetry of a phase.
public protocol PhaseTrace: Sendable {
    /// Runs the phase with its span as the current one.
    ///
    /// - Parameter body: The phase.
    /// - Returns: What the phase returns.
    /// - Throws: What the phase throws.
    func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R

    /// The phase's transaction is over.
    ///
    /// - Parameter error: What ended it, if it was rolled back.
    func ended(_ error: (any Error)?)
}

/// How an attempt ended.
public struct AttemptEnd: Sendable {
    /// The ways in which an attempt ends.
    public enum Result: Sendable {
        /// The job ended its chain.
        case completed
        /// The job continued with another.
        case continued(jobID: JobID, typeName: String)
        /// The handler threw, or the result could not be written.
        case failed(any Error)
        /// The handler asked to be called again later.
        case rescheduled
        /// The worker's lease ran out.
        case lost
        /// The worker gave the job back: it shut down, had no slot for it, or undid a batch for another job's sake.
        case released
        /// The chain was cancelled.
        case cancelled
        /// The job was completed without a worker meanwhile, or deleted.
        case superseded
    }
    /// How it ended.
    public var result: Result
    /// When it was settled, by the database's clock.
    public var at: Timestamp
    /// When the job is due again, if it is.
    public var scheduledAt: Timestamp?
}
