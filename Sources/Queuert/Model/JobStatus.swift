/// What a job is doing.
///
/// A job has the first of these that applies.
public enum JobStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Done, and another job of the chain follows.
    case continued
    /// Done, and with it the chain.
    case completed
    /// Cancelled, and with it the chain.
    case cancelled
    /// It has used up its attempts, and is tried again only if somebody asks for it.
    case failed
    /// A worker has it.
    case running
    /// It waits for other chains to end.
    case blocked
    /// It is due later.
    case scheduled
    /// It is due, and waits for a worker.
    case ready
}
