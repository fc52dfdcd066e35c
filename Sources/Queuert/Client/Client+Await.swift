extension Client {
    /// Waits until a chain has ended.
    ///
    /// Not inside a transaction, nor in a task that was started there while that is open: a chain that has not ended
    /// might wait for the transaction itself.
    ///
    /// - Parameters:
    ///   - chain: The chain.
    ///   - timeout: How long to wait at most; by default as long as it takes.
    ///   - pollInterval: How often to look when no hint arrives, as when the chain ends in another process; at least a
    ///     millisecond.
    /// - Returns: The chain and its output.
    /// - Throws: ``ChainNotFoundError`` if there is no such chain, ``JobTypeMismatchError`` if it started with another type
    ///   of job, ``ChainFailedError`` if it failed, ``ChainCancelledError`` if it was cancelled, ``ChainTimeoutError`` if the
    ///   time is up, ``AwaitInTransactionError`` if it has not ended and the task has a transaction open on this
    ///   database, ``JobDataError`` if the output can't be decoded, `CancellationError`, or an error of the database.
    public func awaitJobChain<Entry: EntryJobType>(
        _ chain: Chain<Entry>, timeout: Duration? = nil, pollInterval: Duration = .seconds(1)
    ) async throws -> CompletedChain<Entry> {
        let signal = Signal(clock: clock)
        let deadline = timeout.map { clock.elapsed + min($0, .longestWait) }
        return try await notify.withListener({ hint in
            if hint.isGap || hint.completedChains.contains(chain.id) { signal.raise() }
        }) {
            while true {
                let (completed, isInTransaction) = try await look(at: chain)
                if let completed { return completed }
                // Without a pause it would do nothing but look.
                var pause = max(pollInterval, .milliseconds(1))
                if let deadline, let timeout {
                    let left = deadline - clock.elapsed
                    if left <= .zero { throw ChainTimeoutError(chainID: chain.id, timeout: timeout) }
                    pause = min(pause, left)
                }
                // The chain may need others, who would wait for the transaction, and it for the chain.
                if isInTransaction { throw AwaitInTransactionError(chainID: chain.id) }
                try await signal.wait(for: pause)
            }
        }
    }

    /// The chain's output, if it has ended, and whether the task has open what that was read in.
    private func look<Entry: EntryJobType>(
        at chain: Chain<Entry>
    ) async throws -> (completed: CompletedChain<Entry>?, isInTransaction: Bool) {
        // Before the read, which is also open while it runs.
        let open = OpenTransactions.innermost
        let (ends, isInTransaction) = try await adapter.withReadConnection { connection in
            (try adapter.operations(on: connection).chainEnds(chain.id), open?.holds(connection) ?? false)
        }
        return (try completed(chain, ends), isInTransaction)
    }

    private func completed<Entry: EntryJobType>(
        _ chain: Chain<Entry>, _ ends: ChainEnds?
    ) throws -> CompletedChain<Entry>? {
        guard let ends else { throw ChainNotFoundError(chainID: chain.id) }
        guard ends.first.typeName == Entry.name else {
            throw JobTypeMismatchError(chainID: chain.id, expected: Entry.name, actual: ends.first.typeName)
        }
        if ends.last.cancelledAt != nil { throw ChainCancelledError(chainID: chain.id) }
        if ends.last.failedAt != nil {
            throw ChainFailedError(
                chainID: chain.id, jobID: ends.last.id, typeName: ends.last.typeName, attempts: ends.last.attempt)
        }
        guard let completedAt = ends.last.completedAt, let text = ends.last.output else { return nil }
        let output = try codec.decodeOutput(of: Entry.self, from: text, endedBy: ends.last.id)
        return CompletedChain(id: chain.id, output: output, completedAt: completedAt)
    }
}
