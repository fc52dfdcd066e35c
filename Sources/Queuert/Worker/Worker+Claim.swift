internal import Logging

extension Worker {
    /// Claims jobs for all free slots and runs them, until the worker stops and all have ended.
    func claimAndRun() async {
        let typeNames = Set(processors.keys)
        let signal = signal
        await client.notify.withListener({ hint in
            if !typeNames.isDisjoint(with: hint.dueTypes) { signal.raise() }
        }) {
            await claimUntilStopped()
            await giveBack(slots.close())
            if !Task.isCancelled { await slots.untilIdle() }
            // A task that is cancelled has cancelled the handlers too.
            if Task.isCancelled { await giveBack(slots.claimed) }
            // Handlers that ignore it are waited for all the same, by a task that isn't cancelled.
            await Task { [slots] in await slots.untilIdle() }.value
        }
    }

    private func claimUntilStopped() async {
        var contexts: [String] = []
        var failures = 0
        while !isStopping && !Task.isCancelled {
            let room = slots.room()
            if room == 0 {
                try? await signal.wait()
                continue
            }
            do {
                let claimed = try await claim(upTo: room, &contexts)
                failures = 0
                let attempts = claimed.jobs.compactMap(attempt)
                if isStopping || Task.isCancelled || !slots.add(attempts) {
                    await giveBack(attempts)
                    return
                }
                // As many as asked for: there are more.
                if claimed.jobs.count >= room { continue }
                var pause = random.withLock { configuration.pollInterval * Double.random(in: 0.9...1.1, using: &$0) }
                if let nextDueIn = claimed.nextDueIn { pause = min(pause, nextDueIn) }
                try? await signal.wait(for: pause)
            } catch {
                if Task.isCancelled { return }
                failures += 1
                client.logger.error(
                    "Claiming jobs failed; trying again.", metadata: logMetadata(of: error))
                await recoveryPause(after: failures)
            }
        }
    }

    /// Waits after the database failed the worker, whatever is due meanwhile, until it stops.
    private func recoveryPause(after failures: Int) async {
        let pause = random.withLock { configuration.recoveryBackoff.delay(afterAttempt: failures, using: &$0) }
        _ = await client.clock.waits(for: stopping, atMost: pause)
    }

    private func attempt(_ job: ClaimedJob) -> Attempt<Adapter>? {
        // The claim asks for these types only.
        processors[job.row.typeName].map { Attempt(job, of: self, for: $0) }
    }

    /// Claims jobs; `contexts` are those of attempts that the last claim had no jobs for.
    private func claim(upTo limit: Int, _ contexts: inout [String]) async throws -> ClaimResult {
        if let observability = client.observability, contexts.count < limit {
            contexts += observability.makeAttemptContexts(limit - contexts.count)
        }
        var request = claimRequest
        request.limit = limit
        request.attemptContexts = contexts
        let result = try await client.adapter.withTransaction { [client, request] connection in
            try client.adapter.operations(on: connection).claimJobs(request)
        }
        contexts.removeFirst(min(result.jobs.count, contexts.count))
        return result
    }
}
