internal import Logging

extension Worker {
    /// Claims jobs for all free slots and runs them, until the worker stops and all have ended.
    func claimAndRun() async {
        let typeNames = Set(processors.keys)
        let signal = signal
        await client.notify.withListener({ [self] hint in
            if hint.isGap { client.observability?.happened(.hintsMissed(worker: id)) }
            // The loop that claims gives back what is paused: it is woken by such a hint in any case.
            if hint.mayPause(typeNames) { mayBePaused.withLock { $0 = true } }
            if hint.concernsAll(of: typeNames) {
                signal.raise()
            } else if !typeNames.isDisjoint(with: hint.dueTypes), slots.accept({ hint.take(typeNames, into: $0) }) {
                signal.raise()
            }
            // First, or the jobs of a claim might get here just after they were looked for.
            if hint.isGap || !hint.lostLeases.isEmpty { lostWhileClaiming.withLock { $0.add(hint) } }
            let lost = hint.isGap ? Set(slots.claimed.map(\.row.id)) : hint.lostLeases
            if !lost.isEmpty { checkLeases(lost) }
        }) {
            await claimUntilStopped()
            await giveBack(slots.close())
            passOnPromises()
            if !Task.isCancelled { await slots.untilIdle() }
            // A task that is cancelled has cancelled the handlers too.
            if Task.isCancelled { await giveBack(slots.claimed) }
            // Handlers that ignore it are waited for all the same, by a task that isn't cancelled.
            await Task { [slots] in await slots.untilIdle() }.value
        }
    }

    /// Has others look for jobs for which this worker was woken, and that it has no slot for after all, or can't claim.
    private func passOnPromises() {
        let promised = slots.takePromises()
        if !promised.isEmpty { client.notify.send(WakeHint(dueJobs: promised)) }
    }

    private func checkLeases(_ jobIDs: Set<JobID>) {
        guard slots.claimed.contains(where: { jobIDs.contains($0.row.id) }) else { return }
        // A listener must return at once, and may be called in a transaction. The keeper says itself what went wrong.
        OpenTransactions.startTaskOutside { [leaseKeeper] in await leaseKeeper.check(jobIDs) }
    }

    /// Gives back jobs that wait for a slot and whose type is paused by now, if there was a hint that one may be.
    private func giveBackPaused() async {
        let mayBePaused = mayBePaused.withLock { mayBePaused in
            defer { mayBePaused = false }
            return mayBePaused
        }
        if !mayBePaused || slots.waiting.isEmpty { return }
        do {
            let paused = try await client.pausedTypes()
            await giveBack(slots.withdraw { paused[$0.row.typeName] != nil })
        } catch {
            // They are given back in any case.
            if Task.isCancelled { return }
            tellFailure(.claim, error)
            client.logger.error(
                "Whether types are paused is not known; jobs that are claimed already may run.",
                metadata: logMetadata(of: error))
        }
    }

    private func claimUntilStopped() async {
        var failures = 0
        var failingSince = client.clock.elapsed
        var paused: Set<String> = []
        var vainClaims = 0
        while !isStopping && !Task.isCancelled {
            await giveBackPaused()
            let room = slots.room()
            if room == 0 {
                passOnPromises()
                try? await signal.wait()
                continue
            }
            do {
                let (claimed, isFull) = try await claim(upTo: room)
                if failures > 0 {
                    tellRecovery(after: failures, since: failingSince)
                    failures = 0
                }
                let attempts = claimed.jobs.compactMap { attempt($0) }
                if isStopping || Task.isCancelled || !slots.add(attempts, mayBeMore: isFull) {
                    await giveBack(attempts)
                    return
                }
                let lost = lostWhileClaiming.withLock { $0.claimEnds(with: attempts.lazy.map(\.row.id)) }
                if !lost.isEmpty { checkLeases(lost) }
                let isVain = claimed.jobs.isEmpty && claimed.nextDueIn.map { $0 <= .zero } ?? false
                vainClaims = isVain ? vainClaims + 1 : 0
                if isFull { continue }
                if claimed.jobs.isEmpty { try await reportPauses(&paused) }
                if isVain {
                    if try await isWokenWhileOthersHoldJobs(after: vainClaims) { vainClaims = 0 }
                } else {
                    try await waitForJobs(dueIn: claimed.nextDueIn)
                }
            } catch {
                if isStopping || Task.isCancelled { return }
                tellFailure(.claim, error)
                if failures == 0 {
                    failingSince = client.clock.elapsed
                    client.observability?.happened(
                        .outageBegan(DatabaseFailure(work: .claim, error: error, worker: id)))
                }
                failures += 1
                client.logger.error(
                    "Claiming jobs failed; trying again.", metadata: logMetadata(of: error))
                await recoveryPause(after: failures)
            }
        }
    }

    /// Whether as many jobs were claimed as asked for, so that there may be more.
    private func isFull(_ jobs: [ClaimedJob], _ request: ClaimRequest) -> Bool {
        if request.batchSizes.isEmpty { return jobs.count >= request.limit }
        let counts = Dictionary(grouping: jobs, by: \.row.typeName).mapValues(\.count)
        let slots = counts.reduce(0) { sum, entry in
            let size = request.batchSizes[entry.key] ?? 1
            return sum + (entry.value + size - 1) / size
        }
        return slots >= request.limit
    }

    /// Waits until there is something to claim: a hint says so, or a poll finds it, for which nothing is written.
    private func waitForJobs(dueIn first: Duration?) async throws {
        var dueIn = first
        while !isStopping {
            // A duration that gets too long to be one stops the program.
            let interval = min(configuration.pollInterval, .longestWait)
            let poll = random.withLock { interval * Double.random(in: 0.9...1.1, using: &$0) }
            if try await signal.wait(for: min(poll, dueIn ?? poll)) { return }
            if let dueIn, dueIn <= poll { return }
            dueIn = try await client.adapter.withReadConnection { [client, claimRequest] connection in
                try client.adapter.operations(on: connection).nextClaimableIn(typeNames: claimRequest.typeNames)
            }
            if let dueIn, dueIn <= .zero { return }
        }
    }

    /// Waits after claims that found nothing, though something is due: others have it locked, and may keep it for long.
    ///
    /// By the machine's clock, since what is waited for is not a matter of the queue's time.
    ///
    /// - Returns: Whether there is something else to look for.
    private func isWokenWhileOthersHoldJobs(after claims: Int) async throws -> Bool {
        let pause = random.withLock { Self.pausesWhileHeld.delay(afterAttempt: claims, using: &$0) }
        return try await signal.wait(for: min(pause, configuration.pollInterval), by: SystemClock())
    }

    private static var pausesWhileHeld: Backoff { Backoff(initial: .milliseconds(5), maximum: .milliseconds(500)) }

    /// Says which types are paused, and which no longer, each once.
    private func reportPauses(_ known: inout Set<String>) async throws {
        let paused = try await client.adapter.withReadConnection { [client] connection in
            try client.adapter.operations(on: connection).pausedTypes()
        }
        let now = Set(paused.keys).intersection(claimRequest.typeNames)
        for typeName in now.subtracting(known).sorted() {
            client.observability?.happened(.typePaused(typeName))
            client.logger.notice("A type of jobs is paused.", metadata: ["queuert.job.type": "\(typeName)"])
        }
        for typeName in known.subtracting(now).sorted() {
            client.observability?.happened(.typeResumed(typeName))
            client.logger.notice("A type of jobs is no longer paused.", metadata: ["queuert.job.type": "\(typeName)"])
        }
        known = now
    }

    private func tellRecovery(after failures: Int, since: Duration) {
        client.observability?.happened(
            .outageEnded(EndedOutage(failures: failures, duration: client.clock.elapsed - since, worker: id)))
    }

    /// Waits after the database failed the worker, whatever is due meanwhile, until it stops.
    private func recoveryPause(after failures: Int) async {
        let pause = random.withLock { configuration.recoveryBackoff.delay(afterAttempt: failures, using: &$0) }
        // Meanwhile others are to be woken, also for what this worker was to claim.
        slots.setAccepting(false)
        passOnPromises()
        _ = await client.clock.waits(for: stopping, atMost: pause)
        slots.setAccepting(true)
    }

    private func attempt(_ job: ClaimedJob) -> Attempt? {
        // The claim asks for these types only.
        guard let processor = processors[job.row.typeName] else { return nil }
        // A reason that an earlier version has stored is taken for an error: to run alone is only slower.
        let isRetry = processor.batchLimit > 1 && job.row.attempt > 1 && job.row.lastAttemptFailed
        return Attempt(job, of: self, for: processor, isRetry: isRetry)
    }

    /// Claims jobs, and says whether there may be more.
    private func claim(upTo limit: Int) async throws -> (result: ClaimResult, isFull: Bool) {
        var request = claimRequest
        request.limit = limit
        lostWhileClaiming.withLock { $0.claimBegins() }
        watchdog?.claimBegins()
        defer { watchdog?.claimEnds() }
        let result = try await client.adapter.withOperation(.work) { [client, request] connection in
            try client.adapter.operations(on: connection).claimJobs(request)
        }
        return (result, isFull(result.jobs, request))
    }
}
