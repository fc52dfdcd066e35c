#if CommandLine
internal import Queuert

/// All that is stored of a job, and why it is not done.
struct JobReport: Sendable {
    let status: JobStatuses
    let job: JobRow
    let chain: ChainEnds
    let blockers: [JobBlocker]
    let failedAttempts: [AttemptRow]
    let explanation: JobExplanation

    var now: Timestamp { status.now }

    /// Reads all in one go.
    static func read<Adapter: DiagnosableStateAdapter>(_ id: JobID, from adapter: Adapter) async throws -> JobReport {
        let now = try await adapter.databaseTime()
        return try await adapter.withReadConnection { db in
            let operations = adapter.operations(on: db)
            guard let job = try operations.job(id) else { throw JobNotFoundError(jobID: id) }
            let chain = try operations.chainEnds(job.chainID) ?? ChainEnds(first: job, last: job)
            // Of a job that is done, what matters is where its chain is.
            let blocked = job.status(at: now) == .continued ? chain.last : job
            let blockers = try operations.blockers(ofJob: job.id)
            let waits = try blocked.id == job.id ? blockers : operations.blockers(ofJob: blocked.id)
            let status = try JobStatuses(
                of: [job, chain.last] + (blockers + waits).map(\.chain.last), at: now, operations)
            let situation = JobSituation(
                status: status, blockers: waits,
                lastOutcome: try operations.failedAttempts(ofJob: blocked.id, last: 1).last?.outcome,
                counts: try operations.jobCounts()[blocked.typeName] ?? JobCounts(),
                pausedSince: try operations.pausedTypes()[blocked.typeName])
            return JobReport(
                status: status, job: job, chain: chain, blockers: blockers,
                failedAttempts: try operations.failedAttempts(ofJob: job.id).map(\.asRead),
                explanation: JobExplanation(of: job, chain, situation))
        }
    }
}

/// What a job's row does not tell.
struct JobSituation: Sendable {
    let status: JobStatuses
    let blockers: [JobBlocker]
    /// How the last attempt that did not succeed ended.
    let lastOutcome: AttemptOutcome?
    /// How many jobs of its type do what.
    let counts: JobCounts
    /// Since when its type is paused.
    let pausedSince: Timestamp?

    var now: Timestamp { status.now }
}
#endif
