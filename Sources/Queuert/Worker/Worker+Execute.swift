internal import Logging

extension Worker {
    /// Runs the handler of attempts of one processor, and writes the results or hands them over.
    ///
    /// - Returns: Whether the slot can run further attempts.
    func execute(_ attempts: [Attempt], in slot: Slot) async -> Bool {
        slot.begin(attempts.count)
        var entered = attempts
        for attempt in attempts where !attempt.enter(slot) {
            entered.removeAll { $0 === attempt }
            // It is not among those that are still to be cancelled.
            slot.cancelAttempt()
            // Who gives a job back removes its attempt.
            if attempt.isLeaseLost { slots.remove([attempt]) }
        }
        if let first = entered.first {
            let timer = first.timeout.map { startTimer(of: entered, after: $0) }
            await run(entered, first)
            timer?.cancel()
        }
        var goesOn = true
        for attempt in attempts where !attempt.leave() { goesOn = false }
        return goesOn
    }

    private func run(_ attempts: [Attempt], _ first: Attempt) async {
        if first.trace != nil {
            let traces = attempts.compactMap(\.trace)
            for trace in traces { trace.started(in: traces) }
        }
        do {
            // Nothing is claimed of types without a processor.
            guard let work = processors[first.row.typeName]?.work else { return }
            switch work {
            case .single(let run):
                let settling = try await first.withCurrent { try await run(first, client) }
                await conclude([BatchEnd(attempt: first, result: settling.map { .settling($0) } ?? .settled)])
            case .batch(_, let run):
                await conclude(try await first.withCurrent { await run(attempts, client) })
            }
        } catch {
            await end(attempts.map { ($0, error) })
        }
    }

    private func conclude(_ ends: [BatchEnd]) async {
        var settled: [Attempt] = []
        var failed: [(Attempt, any Error)] = []
        for end in ends {
            switch end.result {
            case .settled:
                settled.append(end.attempt)
            case .settling(let settling):
                do {
                    try end.attempt.beginSettling()
                    settler.settle(SettlerItem(attempt: end.attempt, settling: settling))
                } catch {
                    settling.successor?.rolledBack()
                    end.attempt.endPhase(error)
                }
            case .failed(let error):
                failed.append((end.attempt, error))
            }
        }
        if !settled.isEmpty { slots.remove(settled) }
        if !failed.isEmpty { await end(failed) }
    }

    /// Gives attempts up when their time is over: what the handler does then is not waited for, and not written.
    private func startTimer(of attempts: [Attempt], after timeout: Duration) -> Task<Void, Never> {
        Task { [client] in
            guard (try? await client.clock.sleep(for: timeout)) != nil else { return }
            let over = attempts.filter { $0.timeOut() }
            if over.isEmpty { return }
            // Not this task, which is cancelled when the handler returns; the worker waits for the attempts' end.
            Task { await self.end(over.map { ($0, $0.timeoutError) }, isTimeout: true) }
        }
    }

    /// The result of a detached job could not be written.
    func settlingFailed(_ attempt: Attempt, _ error: any Error) {
        if error is CancellationError { return }
        if !attempt.isLeaseLost { tellFailure(.settle, error) }
        // Not a child of the task that writes results, which goes on; the worker waits for the attempt's end.
        Task { await end([(attempt, error)], isRefusalCommitted: true) }
    }

    /// Ends attempts that were not settled.
    ///
    /// - Parameters:
    ///   - attempts: The attempts, and what their handlers threw.
    ///   - isTimeout: Whether their time is up.
    ///   - isRefusalCommitted: Whether what a write was refused for is committed: the lease is lost for certain.
    private func end(
        _ attempts: [(attempt: Attempt, error: any Error)], isTimeout: Bool = false, isRefusalCommitted: Bool = false
    ) async {
        var failed: [(Attempt, any Error)] = []
        for (attempt, error) in attempts {
            // Ended already, when the time was up.
            if !isTimeout, attempt.cancellation == .timeout { continue }
            if attempt.progress == .settled {
                slots.remove([attempt])
                client.logger.error(
                    "A handler threw after its job was completed; the result stands.",
                    metadata: attempt.row.logMetadata.merging(logMetadata(of: error)) { $1 })
                continue
            }
            switch attempt.cancellation {
            case .shutdown:
                // The worker stops, and gives the job back.
                continue
            case .timeout, .leaseLost, nil:
                if attempt.cancellation == .leaseLost || (isRefusalCommitted && attempt.isWriteRefused) {
                    slots.remove([attempt])
                    reportLost(attempt)
                } else if isTimeout || (try? attempt.beginSettling()) != nil {
                    // Otherwise its time is up just now, which ends it.
                    failed.append((attempt, cause(of: error, in: attempt)))
                }
            }
        }
        if !failed.isEmpty { await fail(failed) }
    }

    /// What an attempt has failed with, if its job is still its own.
    ///
    /// A handler may have ended the job itself, in the transaction in which the attempt's write was refused: that is
    /// undone, and the lease as good as it was. If the job is another attempt's by now, nothing of this is written.
    private func cause(of error: any Error, in attempt: Attempt) -> any Error {
        attempt.isWriteRefused && error is LeaseLostError ? OwnJobEndedError(jobID: attempt.row.id) : error
    }

    /// Writes that attempts failed, that they asked to be called again, or that their jobs are given back.
    private func fail(_ attempts: [(attempt: Attempt, error: any Error)]) async {
        // Also while it is tried again: an attempt has failed once, and its time isn't up any more.
        for (attempt, _) in attempts { attempt.progress = .settling }
        var settling: [Settling] = []
        for failure in 1...5 {
            do {
                if settling.isEmpty { settling = try await failures(of: attempts) }
                let written = try await client.withOperation { [client, settling] connection in
                    try client.settle(settling, on: connection)
                }
                for (index, isWritten) in written.enumerated() {
                    let attempt = attempts[index].attempt
                    attempt.progress = isWritten ? .settled : .running
                    if isWritten { reportFailure(settling[index]) } else { reportLost(attempt) }
                }
                break
            } catch {
                // The worker stops, and gives the jobs back.
                if attempts.allSatisfy({ $0.attempt.cancellation == .shutdown }) { return }
                tellFailure(.settle, error)
                client.logger.error(
                    "That jobs failed could not be written.",
                    metadata: logMetadata(of: error).merging(["count": "\(attempts.count)"]) { $1 })
                let pause = random.withLock { configuration.recoveryBackoff.delay(afterAttempt: failure, using: &$0) }
                try? await client.clock.sleep(for: pause)
            }
        }
        for (attempt, _) in attempts where attempt.progress == .settling { attempt.progress = .running }
        // If it could not be written, the lease ends by itself, and a reaper takes the job.
        slots.remove(attempts.map(\.attempt))
    }

    /// What is to be written of attempts that failed, asked to be called again, or are given back.
    private func failures(of attempts: [(attempt: Attempt, error: any Error)]) async throws -> [Settling] {
        let failed = attempts.filter { !($0.error is RescheduleJob || $0.error is BatchUndone) }
        let earlier = try await countFailures(attemptsToCount(of: failed.map { $0.attempt.row }))
        return attempts.map { attempt, error in
            failure(of: attempt, error, earlierFailures: earlier[attempt.row.id] ?? 0)
        }
    }

    /// Counts how many of the last attempts of jobs failed or were lost in a row.
    func countFailures(_ counts: [JobID: Int]) async throws -> [JobID: Int] {
        if counts.isEmpty { return [:] }
        return try await client.adapter.withReadConnection { [client] connection in
            try client.adapter.operations(on: connection).failures(inLastAttempts: counts)
        }
    }

    /// Says that an attempt failed, which is written, unless it ended otherwise.
    func reportFailure(_ written: Settling) {
        guard case .failed(let error) = written.result else { return }
        let metadata = written.row.logMetadata.merging(logMetadata(of: error)) { $1 }
        if case .failed = written.settlement.outcome {
            client.logger.error("A job failed for the last time; `redrive` tries it again.", metadata: metadata)
        } else {
            client.logger.warning("A job failed and is tried again.", metadata: metadata)
        }
    }

    /// What is to be written of an attempt that failed, asked to be called again, or is given back.
    func failure(of attempt: Attempt, _ error: any Error, earlierFailures: Int) -> Settling {
        if error is BatchUndone { return attempt.settling(.released, .released) }
        if let reschedule = error as? RescheduleJob {
            let reason = reschedule.reason.map(AttemptText.reason)
            let outcome = Settlement.Outcome.retried(reschedule.schedule, error: reason, .rescheduled)
            return attempt.settling(outcome, .rescheduled)
        }
        let outcome = outcome(
            after: attempt.row, earlierFailures: earlierFailures, error: AttemptText.error(error), .failed)
        return attempt.settling(outcome, .failed(error))
    }

    private func reportLost(_ attempt: Attempt) {
        client.logger.warning(
            "An attempt's result was not written, because its lease is lost.", metadata: attempt.row.logMetadata)
        // Unless a renewal has found it out, and told.
        if !attempt.takeLoss() { return }
        client.observability?.happened(.leaseLost(LostLease(job: attempt.row, attempt: attempt.trace)))
    }
}
