import Queuert

/// What the store says of a chain, or said last if the chain was deleted.
struct StoredChain: Sendable {
    struct Job: Sendable {
        let row: JobRow
        /// The attempts that did not succeed.
        var attempts: [AttemptRow]
        /// What the job waits or waited for.
        var blockers: [JobBlocker]
    }
    var jobs: [Job]
    /// When the chain was deleted, if it was.
    var deletedAt: Timestamp?

    var first: JobRow { jobs[0].row }
    var last: JobRow { jobs[jobs.count - 1].row }

    /// Reads those of some chains that there are.
    static func all<Adapter: StateAdapter>(
        of ids: [JobID], in client: Client<Adapter>
    ) async throws -> [JobID: StoredChain] {
        try await client.adapter.withReadConnection { connection in
            let operations = client.adapter.operations(on: connection)
            var chains: [JobID: StoredChain] = [:]
            for id in ids {
                var jobs: [Job] = []
                for row in try operations.jobs(ofChain: id) {
                    jobs.append(
                        Job(
                            row: row, attempts: try operations.failedAttempts(ofJob: row.id),
                            blockers: try operations.blockers(ofJob: row.id)))
                }
                if !jobs.isEmpty { chains[id] = StoredChain(jobs: jobs) }
            }
            return chains
        }
    }

    /// The chain after its deletion, which has ended an attempt if one ran.
    func deleted(at moment: Timestamp) -> StoredChain {
        var chain = self
        chain.deletedAt = moment
        guard last.leasedUntil != nil else { return chain }
        chain.jobs[jobs.count - 1].attempts.append(
            AttemptRow(
                jobID: last.id, attempt: last.attempt, worker: last.leasedBy, startedAt: last.lastAttemptAt,
                endedAt: moment, outcome: .superseded, error: nil, attemptContext: last.trace.attemptContext))
        return chain
    }
}
