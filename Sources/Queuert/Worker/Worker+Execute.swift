internal import Logging

extension Worker {
    /// Runs an attempt until it is settled, cancelled or lost.
    func execute(_ attempt: Attempt<Adapter>) async {
        // The claim asks for these types only.
        guard let processor = processors[attempt.row.typeName] else { return }
        do {
            try await attempt.run(processor)
            leases.remove(attempt)
        } catch  where attempt.progress == .settled {
            leases.remove(attempt)
            client.logger.error(
                "A handler threw after its job was completed; the result stands.",
                metadata: attempt.row.logMetadata.merging(logMetadata(of: error)) { $1 })
        } catch is LeaseLostError {
            leases.remove(attempt)
            reportLost(attempt)
        } catch {
            switch attempt.cancellation {
            case .leaseLost:
                leases.remove(attempt)
                reportLost(attempt)
            case nil where !Task.isCancelled:
                if await retry(attempt, after: error) { leases.remove(attempt) }
            case .shutdown, nil:
                // The worker stops: it gives back all that the lease keeper still has.
                break
            }
        }
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
                if Task.isCancelled { return false }
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
