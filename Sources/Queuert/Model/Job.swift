/// A job, as its handler sees it.
public struct Job<Kind: JobType>: Sendable {
    /// The job.
    public let id: JobID
    /// The chain that it belongs to.
    public let chainID: JobID
    /// The job's place in the chain, from zero.
    public let chainIndex: Int
    /// What the job was started with.
    public let input: Kind.Input
    /// The number of this attempt, from one.
    public let attempt: Int
    /// What the last attempt failed with, or the reason for which it asked to be called again; `nil` for the first.
    public let lastError: String?
    /// The outputs of the chains that the job waited for.
    public let blockers: Kind.Blockers.Outputs
}
