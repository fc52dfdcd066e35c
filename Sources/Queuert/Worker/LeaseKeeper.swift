internal import Logging

/// Keeps the leases of a worker's attempts alive, all in one statement, and cancels attempts whose lease is lost.
final class LeaseKeeper<Adapter: StateAdapter>: Sendable {
    private let client: Client<Adapter>
    private let leaseDuration: Duration
    private let attempts = Locked<[Lease: Attempt<Adapter>]>([:])

    init(client: Client<Adapter>, leaseDuration: Duration) {
        self.client = client
        self.leaseDuration = leaseDuration
    }

    func add(_ attempt: Attempt<Adapter>) { attempts.withLock { $0[attempt.lease] = attempt } }

    func remove(_ attempt: Attempt<Adapter>) { attempts.withLock { _ = $0.removeValue(forKey: attempt.lease) } }

    /// The attempts that run.
    var running: [Attempt<Adapter>] { attempts.withLock { Array($0.values) } }

    /// The jobs that this worker has.
    var jobIDs: Set<JobID> { attempts.withLock { Set($0.keys.map(\.jobID)) } }

    /// Prolongs leases until the task is cancelled.
    ///
    /// A third of the lease passes between two renewals, so that one that fails does not cost an attempt.
    func run() async {
        var isFailing = false
        while true {
            let pause = isFailing ? leaseDuration / 10 : leaseDuration / 3
            guard (try? await client.clock.sleep(for: pause)) != nil else { return }
            do {
                try await renew()
                isFailing = false
            } catch {
                if Task.isCancelled { return }
                if !isFailing {
                    client.logger.error(
                        "Leases could not be prolonged; trying again until they end.",
                        metadata: ["error.type": "\(errorTypeName(error))"])
                }
                isFailing = true
            }
        }
    }

    private func renew() async throws {
        let held = attempts.withLock { Array($0.keys) }
        if held.isEmpty { return }
        let renewed = try await client.adapter.withTransaction { [client, leaseDuration] connection in
            try client.adapter.operations(on: connection).renewLeases(held, for: leaseDuration)
        }
        // An attempt that was settled meanwhile has no lease to renew, and is no longer in the list.
        let lost = attempts.withLock { attempts in held.filter { !renewed.contains($0) }.compactMap { attempts[$0] } }
        for attempt in lost {
            client.logger.warning("A lease was lost; its handler is cancelled.", metadata: attempt.row.logMetadata)
            attempt.cancel(.leaseLost)
        }
    }
}
