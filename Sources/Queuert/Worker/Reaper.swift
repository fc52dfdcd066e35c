internal import Logging

/// Takes back jobs whose worker died: an attempt whose lease is over has failed, and is tried again after a backoff.
struct Reaper<Adapter: StateAdapter>: Sendable {
    let client: Client<Adapter>
    let workerName: String
    let typeNames: [String]
    let leaseDuration: Duration
    let slots: Slots
    let watchdog: Watchdog?
    /// What becomes of a job whose attempt was lost, with the error to be stored.
    let outcome: @Sendable (JobRow, String) -> Settlement.Outcome

    /// How many jobs are taken back in one transaction at most.
    private static var batchLimit: Int { 100 }

    /// Takes jobs back until the task is cancelled, first at once, then twice in the time of a lease.
    func run() async {
        var isFailing = false
        while true {
            watchdog?.look()
            do {
                while try await reap() == Self.batchLimit {}
                isFailing = false
            } catch {
                if Task.isCancelled { return }
                client.observability?.happened(
                    .databaseFailed(DatabaseFailure(work: .reap, error: error, worker: workerName)))
                if !isFailing {
                    client.logger.error(
                        "Looking for lost jobs failed; trying again.",
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
        let expired = try await client.adapter.withReadConnection { connection in
            try client.adapter.operations(on: connection).expiredLeases(typeNames: typeNames, limit: Self.batchLimit)
        }
        // A lease of this worker's own is the lease keeper's to prolong.
        if expired.isEmpty { return 0 }
        let own = Set(slots.claimed.map(\.lease))
        let lost = expired.filter { !own.contains(Lease(jobID: $0.row.id, token: $0.row.leaseToken)) }
        if lost.isEmpty { return 0 }
        let settling = lost.map(settling)
        let written = try await client.withOperation { connection in
            try client.settle(settling, on: connection)
        }
        for (job, isWritten) in zip(lost, written) where isWritten {
            client.logger.warning("A job's worker was lost; its attempt has failed.", metadata: job.row.logMetadata)
        }
        return expired.count
    }

    private func settling(_ job: ClaimedJob) -> Settling {
        let trace = client.observability?.attempt(job)
        let row = job.row
        let error = "worker_lost: the lease of worker \(row.leasedBy ?? "?") ran out"
        return Settling(outcome(row, error), .lost, row: row, worker: workerName, trace: trace)
    }
}
