internal import Logging

/// Takes back jobs whose worker died: an attempt whose lease is over has failed, and is tried again after a backoff.
///
/// Now and then it also looks for jobs that are blocked by nothing, though there should be none.
struct Reaper<Adapter: StateAdapter>: Sendable {
    let client: Client<Adapter>
    let workerName: String
    let typeNames: [String]
    let leaseDuration: Duration
    let slots: Slots
    let watchdog: Watchdog?
    /// How many of the last attempts of jobs tell how many have failed.
    let attemptsToCount: @Sendable ([JobRow]) -> [JobID: Int]
    /// What becomes of a job whose attempt was lost, with the number of those that had failed before and the error to be
    /// stored.
    let outcome: @Sendable (JobRow, Int, String) -> Settlement.Outcome

    /// How many jobs are taken back in one transaction at most.
    private static var batchLimit: Int { 100 }
    /// One in so many looks is also one for stranded jobs, which takes longer the more jobs are blocked.
    private static var looksPerSweep: Int { 10 }

    /// Takes jobs back until the task is cancelled, first at once, then twice in the time of a lease.
    func run() async {
        var isFailing = false
        for look in 0... {
            watchdog?.look()
            do {
                while try await reap() == Self.batchLimit {}
                if look % Self.looksPerSweep == 0 { try await unblockStrandedJobs() }
                isFailing = false
            } catch {
                if Task.isCancelled { return }
                client.observability?.happened(
                    .databaseFailed(DatabaseFailure(work: .reap, error: error, worker: workerName)))
                if !isFailing {
                    client.logger.error(
                        "Looking for lost or stranded jobs failed; trying again.",
                        metadata: logMetadata(of: error))
                }
                isFailing = true
            }
            guard (try? await client.clock.sleep(for: leaseDuration / 2)) != nil else { return }
        }
    }

    /// Takes back jobs once.
    ///
    /// - Returns: How many leases were over.
    func reap() async throws -> Int {
        let (expired, failures): ([ClaimedJob], [JobID: Int]) = try await client.adapter.withReadConnection {
            connection in
            let operations = client.adapter.operations(on: connection)
            let expired = try operations.expiredLeases(typeNames: typeNames, limit: Self.batchLimit)
            let counts = attemptsToCount(expired.map(\.row))
            if counts.isEmpty { return (expired, [:]) }
            return (expired, try operations.failures(inLastAttempts: counts))
        }
        // A lease of this worker's own is the lease keeper's to prolong.
        if expired.isEmpty { return 0 }
        let own = Set(slots.claimed.map(\.lease))
        let lost = expired.filter { !own.contains(Lease(jobID: $0.row.id, token: $0.row.leaseToken)) }
        if lost.isEmpty { return 0 }
        let settling = lost.map { self.settling($0, earlierFailures: failures[$0.row.id] ?? 0) }
        let written = try await client.withOperation { connection in
            try client.settle(settling, on: connection)
        }
        for (job, isWritten) in zip(lost, written) where isWritten {
            client.logger.warning("A job's worker was lost; its attempt has failed.", metadata: job.row.logMetadata)
        }
        return expired.count
    }

    /// Makes jobs ready that are blocked by nothing; an idle worker writes nothing as long as there are none.
    private func unblockStrandedJobs() async throws {
        let isNeeded = try await client.adapter.withReadConnection { connection in
            try client.adapter.operations(on: connection).hasStrandedJobs()
        }
        if isNeeded { try await client.unblockStrandedJobs() }
    }

    private func settling(_ job: ClaimedJob, earlierFailures: Int) -> Settling {
        let trace = client.observability?.attempt(job)
        let row = job.row
        let error = "worker_lost: the lease of worker \(row.leasedBy ?? "?") ran out"
        return Settling(
            outcome(row, earlierFailures, error), .lost, row: row, worker: workerName, trace: trace,
            requiresLapsedLease: true)
    }
}
