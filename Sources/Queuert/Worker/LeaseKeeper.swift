internal import Logging

/// Keeps the leases of a worker's attempts alive, all in one statement, and cancels attempts whose lease is lost.
///
/// Jobs that were claimed ahead and still wait for a slot at the renewal after, because a handler takes long, are given back,
/// so that other workers get them.
struct LeaseKeeper<Adapter: StateAdapter>: Sendable {
    let client: Client<Adapter>
    let workerName: String
    let leaseDuration: Duration
    let slots: Slots
    /// Gives back jobs that wait for a slot.
    let giveBack: @Sendable ([Attempt]) async -> Void

    /// Prolongs leases until the task is cancelled.
    ///
    /// A third of the lease passes between two renewals, so that one that fails does not cost an attempt.
    func run() async {
        var isFailing = false
        var waited: Set<Lease> = []
        while true {
            let pause = isFailing ? leaseDuration / 10 : leaseDuration / 3
            guard (try? await client.clock.sleep(for: pause)) != nil else { return }
            let stuck = slots.withdraw { waited.contains($0.lease) }
            waited = Set(slots.waiting.map(\.lease))
            // Not waited for: the database may be busy for long, and leases are to be prolonged meanwhile.
            if !stuck.isEmpty { Task { [giveBack] in await giveBack(stuck) } }
            do {
                try await renew()
                isFailing = false
            } catch {
                if Task.isCancelled { return }
                tellFailure(error)
                if !isFailing {
                    client.logger.error(
                        "Leases could not be prolonged; trying again until they end.",
                        metadata: logMetadata(of: error))
                }
                isFailing = true
            }
        }
    }

    /// Looks at the leases of jobs that are said to have lost them: a hint may be late, and the job claimed again.
    func check(_ jobIDs: Set<JobID>) async {
        do {
            try await renew { jobIDs.contains($0.row.id) }
        } catch {
            tellFailure(error)
            client.logger.error(
                "Whether leases were taken away is not known until they are prolonged.",
                metadata: logMetadata(of: error))
        }
    }

    private func renew(_ isMeant: (Attempt) -> Bool = { _ in true }) async throws {
        // A handler may go on after its attempt was settled, or cancelled: there is no lease to prolong then.
        let held = slots.claimed.filter { $0.progress != .settled && $0.cancellation == nil && isMeant($0) }
        if held.isEmpty { return }
        let leases = held.map(\.lease)
        let renewed = try await client.adapter.withOperation(.leases) { [client, leaseDuration] connection in
            try client.adapter.operations(on: connection).renewLeases(leases, for: leaseDuration)
        }
        // An attempt that is being settled may have been so before the leases were prolonged; if not, it will find out.
        for attempt in held
        where !renewed.contains(attempt.lease) && attempt.progress == .running && attempt.cancellation == nil {
            if attempt.takeLoss() {
                client.logger.warning("A lease was lost; its handler is cancelled.", metadata: attempt.row.logMetadata)
                client.observability?.happened(.leaseLost(LostLease(job: attempt.row, attempt: attempt.trace)))
            }
            attempt.cancel(.leaseLost)
        }
        guard let observability = client.observability else { return }
        let counts = held.reduce(into: [String: Int]()) { counts, attempt in
            if renewed.contains(attempt.lease) { counts[attempt.row.typeName, default: 0] += 1 }
        }
        if !counts.isEmpty { observability.happened(.leasesRenewed(counts)) }
    }

    private func tellFailure(_ error: any Error) {
        client.observability?.happened(
            .databaseFailed(DatabaseFailure(work: .renew, error: error, worker: workerName)))
    }
}
