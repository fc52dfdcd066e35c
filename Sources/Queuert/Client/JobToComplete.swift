/// A job that is to be completed without a worker.
public struct JobToComplete<Kind: JobType>: Sendable {
    /// The job.
    public let id: JobID
    /// The chain that it belongs to.
    public let chainID: JobID
    /// The job's place in the chain, from zero.
    public let chainIndex: Int
    /// What the job was started with.
    public let input: Kind.Input
    /// How often a worker has tried it since it was started or last redriven.
    public let attempt: Int
    /// What the last attempt failed with, or the reason for which it asked to be called again.
    public let lastError: String?
    /// The worker that runs the job at the moment, and whose result will not count.
    public let runningOn: String?
}
