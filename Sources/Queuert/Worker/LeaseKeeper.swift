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

    /// The leases that this worker prolongs.
    var held: Set<Lease> { attempts.withLock { Set($0.keys) } }

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
                        metadata: logMetadata(of: error))
                }
                isFailing = true
            }
        }
    }

    private func renew() async throws {
        // A handler may go on after its attempt was settled, or cancelled: there is no lease to prolong then.
        let held = running.filter { $0.progress != .settled && $0.cancellation == nil }.map(\.lease)
        if held.isEmpty { return }
        let renewed = try await client.adapter.withTransaction { [client, leaseDuration] connection in
            try client.adapter.operations(on: connection).renewLeases(held, for: leaseDuration)
        }
        let lost = attempts.withLock { attempts in held.filter { !renewed.contains($0) }.compactMap { attempts[$0] } }
        // An attempt that is being settled may have been so before the leases were prolonged; if not, it will find out.
        for attempt in lost where attempt.progress == .running && attempt.cancellation == nil {
            client.logger.warning("A lease was lost; its handler is cancelled.", metadata: attempt.row.logMetadata)
            attempt.cancel(.leaseLost)
        }
    }
}
