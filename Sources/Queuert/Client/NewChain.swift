/// A chain that is to be started.
///
/// Starting many at once costs the database one statement instead of many:
///
/// ```swift
/// let chains = try await client.startJobChains(paths.map { NewChain(ResizeImage.self, input: .init(path: $0)) })
/// ```
public struct NewChain<Entry: EntryJobType>: Sendable {
    package let successor: Successor

    /// Says which chain is to be started.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with.
    ///   - schedule: When the first job is due.
    ///   - priority: How urgent the chain's jobs are.
    ///   - deduplication: Whether an existing chain does as well, or one before this in the same call.
    ///   - id: The identifier of the chain; by default one is made.
    ///   - trace: When the chain's jobs leave the trace that it began in; by default as its jobs' types say.
    public init(
        _ type: Entry.Type = Entry.self, input: Entry.Input, schedule: Schedule = .now, priority: Priority = .normal,
        deduplication: Deduplication? = nil, id: JobID? = nil,
        trace: TraceMode? = nil
    ) where Entry.Blockers == NoBlockers {
        self.init(
            type, input: input, blockers: (), schedule: schedule, priority: priority, deduplication: deduplication,
            id: id, trace: trace)
    }

    /// Says which chain is to be started, and what its first job waits for.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with.
    ///   - blockers: The chains that the first job waits for.
    ///   - schedule: When the first job is due, at the earliest.
    ///   - priority: How urgent the chain's jobs are.
    ///   - deduplication: Whether an existing chain does as well, or one before this in the same call.
    ///   - id: The identifier of the chain; by default one is made.
    ///   - trace: When the chain's jobs leave the trace that it began in; by default as its jobs' types say.
    public init(
        _ type: Entry.Type = Entry.self, input: Entry.Input, blockers: Entry.Blockers.Chains,
        schedule: Schedule = .now, priority: Priority = .normal, deduplication: Deduplication? = nil, id: JobID? = nil,
        trace: TraceMode? = nil
    ) {
        let options = JobOptions(
            id: id, schedule: schedule, priority: priority, deduplication: deduplication, trace: trace)
        successor = Successor(Entry.self, input: input, blockers: blockers, options: options)
    }
}
