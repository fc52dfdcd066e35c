internal import Logging

extension Worker {
    /// Runs an attempt's handler, and writes its result or hands it over.
    ///
    /// - Returns: Whether the slot can run another attempt.
    func execute(_ attempt: Attempt<Adapter>, in slot: Slot) async -> Bool {
        do {
            if let settling = try await attempt.run(in: slot) {
                settler.settle(Settler.Item(attempt: attempt, settling: settling))
            } else {
                slots.remove([attempt])
            }
        } catch {
            await end(attempt, with: error)
        }
        return attempt.leave()
    }

    /// The result of a detached job could not be written.
    func settlingFailed(_ attempt: Attempt<Adapter>, _ error: any Error) {
        if error is CancellationError { return }
        // Not a child of the task that writes results, which goes on; the worker waits for the attempt's end.
        Task { await end(attempt, with: error) }
    }

    /// Ends an attempt that was not settled.
    private func end(_ attempt: Attempt<Adapter>, with error: any Error) async {
        if attempt.progress == .settled {
            slots.remove([attempt])
            client.logger.error(
                "A handler threw after its job was completed; the result stands.",
                metadata: attempt.row.logMetadata.merging(logMetadata(of: error)) { $1 })
            return
        }
        // The worker stops, and gives the job back.
        if attempt.cancellation == .shutdown { return }
        if attempt.isLeaseLost {
            reportLost(attempt)
        } else if await !retry(attempt, after: error) {
            return
        }
        slots.remove([attempt])
    }

    /// Writes that an attempt failed, or that it asked to be called again.
    ///
    /// - Returns: Whether the attempt is over; false if the worker was stopped first.
    private func retry(_ attempt: Attempt<Adapter>, after error: any Error) async -> Bool {
        let settling: Settling
        if let reschedule = error as? RescheduleJob {
            let outcome = Settlement.Outcome.retried(reschedule.schedule, error: reschedule.reason, .rescheduled)
            settling = attempt.settling(outcome, .rescheduled)
        } else {
            client.logger.warning(
                "A job failed and is tried again.",
                metadata: attempt.row.logMetadata.merging(logMetadata(of: error)) { $1 })
            let outcome = Settlement.Outcome.retried(
                .after(backoff(after: attempt.row)), error: Self.storedText(error), .failed)
            settling = attempt.settling(outcome, .failed(error))
        }
        for failure in 1...5 {
            do {
                let written = try await attempt.settling {
                    try await client.adapter.withTransaction { [client] connection in
                        attempt.progress = .settling
                        return try client.settle([settling], on: connection)
                    }
                }
                if written != [true] { reportLost(attempt) }
                return true
            } catch {
                if attempt.cancellation == .shutdown { return false }
                if attempt.isLeaseLost { return true }
                client.logger.error(
                    "That a job failed could not be written.",
                    metadata: attempt.row.logMetadata.merging(logMetadata(of: error)) { $1 })
                let pause = random.withLock { configuration.recoveryBackoff.delay(afterAttempt: failure, using: &$0) }
                try? await client.clock.sleep(for: pause)
            }
        }
        // The lease ends by itself, and a reaper takes the job.
        return true
    }

    private func reportLost(_ attempt: Attempt<Adapter>) {
        client.logger.warning(
            "An attempt's result was not written, because its lease is lost.", metadata: attempt.row.logMetadata)
    }

    /// What is stored of an error: its full description, in the user's own database, up to 10,000 characters.
    private static func storedText(_ error: any Error) -> String { String(String(reflecting: error).prefix(10_000)) }
}
