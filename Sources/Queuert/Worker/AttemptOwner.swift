/// What an attempt needs of the worker that runs it, whatever database that works on.
///
/// Attempts, slots and what waits to be written know no adapter: that keeps them simple, and fast, because the compiler knows
/// all their types.
protocol AttemptOwner: AnyObject, Sendable {
    var id: String { get }
    var codec: JobCodec { get }
    var leaseDuration: Duration { get }
    var slots: Slots { get }
    var watchdog: Watchdog? { get }

    /// Runs the handler of attempts of one processor.
    ///
    /// - Returns: Whether the slot can run further attempts.
    func execute(_ attempts: [Attempt], in slot: Slot) async -> Bool

    /// What is to be written for a decision.
    func settling<Kind: JobType>(_ decision: Decision<Kind>, of attempt: Attempt) throws -> Settling

    /// How many of the last attempts of jobs tell how many failed in a row; none of a job that runs for the first time.
    func attemptsToCount(of rows: [JobRow]) -> [JobID: Int]

    /// What is to be written of an attempt that failed, asked to be called again, or is given back.
    func failure(of attempt: Attempt, _ error: any Error, earlierFailures: Int) -> Settling

    /// Says that an attempt failed, which is written, unless it ended otherwise.
    func reportFailure(_ written: Settling)

    /// The result of a detached job could not be written.
    func settlingFailed(_ attempt: Attempt, _ error: any Error)
}

extension Worker: AttemptOwner {
    var codec: JobCodec { client.codec }
    var leaseDuration: Duration { configuration.leaseDuration }

    func settling<Kind: JobType>(_ decision: Decision<Kind>, of attempt: Attempt) throws -> Settling {
        try client.settling(decision, of: attempt.row, worker: id, trace: attempt.trace)
    }
}
