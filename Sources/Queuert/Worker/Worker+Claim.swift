internal import Logging

extension Worker {
    /// Claims jobs for all free slots and runs them, until the worker stops and all have ended.
    func claimAndRun() async {
        let typeNames = Set(processors.keys)
        let signal = signal
        await client.notify.withListener({ hint in
            if !typeNames.isDisjoint(with: hint.dueTypes) { signal.raise() }
        }) {
            await withDiscardingTaskGroup { group in
                await claimUntilStopped { attempt, slots in
                    group.addTask { [self] in
                        await execute(attempt)
                        slots.free()
                        signal.raise()
                    }
                }
                // A task that is cancelled has cancelled the handlers too.
                if Task.isCancelled { await giveBack(leases.running) }
            }
            // The task may have been cancelled while the last jobs ended.
            await giveBack(leases.running)
        }
    }

    private func claimUntilStopped(_ start: (Attempt<Adapter>, Slots) -> Void) async {
        let slots = Slots(configuration.concurrency)
        var failures = 0
        while !isStopping && !Task.isCancelled {
            let free = slots.available
            if free == 0 {
                try? await signal.wait()
                continue
            }
            var pause = random.withLock { configuration.pollInterval * Double.random(in: 0.9...1.1, using: &$0) }
            do {
                let claimed = try await claim(upTo: free)
                failures = 0
                let attempts = claimed.jobs.map {
                    Attempt(client: client, worker: id, claimed: $0, settler: settler)
                }
                if isStopping || Task.isCancelled {
                    await giveBack(attempts)
                    return
                }
                for attempt in attempts {
                    slots.take()
                    leases.add(attempt)
                    start(attempt, slots)
                }
                // As many as asked for: there are more, and whoever ends frees a slot for the next.
                if claimed.jobs.count == free { continue }
                if let nextDueIn = claimed.nextDueIn { pause = min(pause, nextDueIn) }
            } catch {
                if Task.isCancelled { return }
                failures += 1
                client.logger.error(
                    "Claiming jobs failed; trying again.", metadata: logMetadata(of: error))
                pause = random.withLock { configuration.recoveryBackoff.delay(afterAttempt: failures, using: &$0) }
            }
            try? await signal.wait(for: pause)
        }
    }

    private func claim(upTo limit: Int) async throws -> ClaimResult {
        let request = ClaimRequest(
            typeNames: Array(processors.keys),
            typesWithBlockers: Set(processors.values.filter(\.hasBlockers).map(\.typeName)),
            limit: limit, worker: id, leaseDuration: configuration.leaseDuration,
            attemptContexts: client.observability?.makeAttemptContexts(limit) ?? [])
        return try await client.adapter.withTransaction { [client] connection in
            try client.adapter.operations(on: connection).claimJobs(request)
        }
    }
}

/// How many more jobs a worker may run.
final class Slots: Sendable {
    private let count: Locked<Int>

    init(_ count: Int) { self.count = Locked(count) }

    var available: Int { count.withLock { $0 } }
    func take() { count.withLock { $0 -= 1 } }
    func free() { count.withLock { $0 += 1 } }
}
