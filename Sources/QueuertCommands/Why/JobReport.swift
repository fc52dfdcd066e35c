#if CommandLine
internal import Queuert

/// All that is stored of a job, and why it is not done.
struct JobReport: Sendable {
    let now: Timestamp
    let job: JobRow
    let chain: ChainEnds
    let blockers: [JobBlocker]
    let failedAttempts: [AttemptRow]
    let explanation: JobExplanation

    /// Reads all in one go.
    static func read<Adapter: DiagnosableStateAdapter>(_ id: JobID, from adapter: Adapter) async throws -> JobReport {
        let now = try await adapter.databaseTime()
        return try await adapter.withReadConnection { db in
            let operations = adapter.operations(on: db)
            guard let job = try operations.job(id) else { throw JobNotFoundError(jobID: id) }
            let chain = try operations.chainEnds(job.chainID) ?? ChainEnds(first: job, last: job)
            // Of a job that is done, what matters is where its chain is.
            let blocked = job.status(at: now) == .continued ? chain.last : job
            let situation = JobSituation(
                now: now, blockers: try operations.blockers(ofJob: blocked.id),
                lastOutcome: try operations.failedAttempts(ofJob: blocked.id, last: 1).last?.outcome,
                counts: try operations.jobCounts()[blocked.typeName] ?? JobCounts(),
                pausedSince: try operations.pausedTypes()[blocked.typeName])
            return JobReport(
                now: now, job: job, chain: chain, blockers: try operations.blockers(ofJob: job.id),
                failedAttempts: try operations.failedAttempts(ofJob: job.id),
                explanation: JobExplanation(of: job, chain, situation))
        }
    }
}

/// What a job's row does not tell.
struct JobSituation: Sendable {
    let now: Timestamp
    let blockers: [JobBlocker]
    /// How the last attempt that did not succeed ended.
    let lastOutcome: AttemptOutcome?
    /// How many jobs of its type do what.
    let counts: JobCounts
    /// Since when its type is paused.
    let pausedSince: Timestamp?
}
#endif
