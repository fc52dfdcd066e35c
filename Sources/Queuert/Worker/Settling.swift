/// An attempt's end on its way into the database, and who is told of it.
///
/// A class, because it is handed on often and holds much.
final class Settling: Sendable {
    let settlement: Settlement
    let result: AttemptEnd.Result
    /// The job as the claim left it.
    let row: JobRow
    let trace: (any AttemptTrace)?
    /// The telemetry of the job that follows.
    let successor: (any JobTrace)?

    init(
        _ outcome: Settlement.Outcome, _ result: AttemptEnd.Result, row: JobRow, worker: String?,
        trace: (any AttemptTrace)?, successor: (any JobTrace)? = nil, requiresLapsedLease: Bool = false
    ) {
        settlement = Settlement(
            lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: worker,
            attemptContext: outcome.endsJob ? trace?.finalContext : trace?.context, outcome: outcome,
            requiresLapsedLease: requiresLapsedLease)
        self.result = result
        self.row = row
        self.trace = trace
        self.successor = successor
    }
}

extension Client {
    /// What is to be written for a decision about a job.
    func settling<Kind: JobType>(
        _ decision: Decision<Kind>, of row: JobRow, worker: String?, trace: (any AttemptTrace)?
    ) throws -> Settling {
        switch decision.body {
        case .finish(let encodeOutput):
            let output = try encodeOutput(codec, row)
            return Settling(.completed(output: output), .completed, row: row, worker: worker, trace: trace)
        case .continueWith(let successor):
            let writing = try prepare(successor, after: row, origin: trace)
            let result = AttemptEnd.Result.continued(jobID: writing.job.id, typeName: successor.typeName)
            return Settling(
                .continued(writing.job), result, row: row, worker: worker, trace: trace, successor: writing.trace)
        }
    }

    /// Writes the ends of attempts in the connection's transaction, and lets what follows from them wait for its commit.
    ///
    /// - Parameters:
    ///   - settling: The ends.
    ///   - isLast: Whether nothing more is done in the transaction, so that it may be committed along with them.
    ///   - connection: The connection whose transaction is open.
    /// - Returns: For each, whether it was written; if not, the lease is lost and its successor's telemetry still open.
    /// - Throws: An error of the database; then all telemetry of successors is still open.
    func settle(
        _ settling: [Settling], isLast: Bool = false, on connection: isolated Adapter.Connection
    ) throws -> [Bool] {
        let effects = try connection.openEffects
        return try settle(settling, isLast: isLast, with: adapter.operations(on: connection), effects: effects)
    }

    /// Writes the ends of attempts, for whoever has the database's statements at hand without an actor.
    func settle(
        _ settling: [Settling], isLast: Bool = false, with operations: Adapter.Operations, effects: TransactionEffects
    ) throws -> [Bool] {
        // What a worker can't write undoes its transaction.
        let isWorkers = settling.allSatisfy { $0.settlement.worker != nil }
        return try recording(with: operations, effects: effects, endsWithError: isWorkers) {
            let settlements = settling.map(\.settlement)
            // Telemetry that the transaction writes follows.
            let results =
                isLast && !recordsTransactions
                ? try operations.settleLast(settlements) : try operations.settle(settlements)
            let ends = SettledEnds(settling: settling, results: results)
            var untold = 0
            let written = zip(settling, results).enumerated().map { index, end in
                guard case .settled(let settled) = end.1 else { return false }
                if let successor = settled.successor {
                    // What is told keeps the order of what was written.
                    tell(ends, untold..<index, in: effects)
                    untold = index
                    announce(InsertedJob(row: successor), end.0.successor, in: effects)
                }
                announce(settled, of: end.0, in: effects)
                return true
            }
            tell(ends, untold..<written.count, in: effects)
            return written
        }
    }

    /// Has the telemetry of some ends wait for the commit: in one effect, since there may be many.
    private func tell(_ ends: SettledEnds, _ range: Range<Int>, in effects: TransactionEffects) {
        guard let observability, !range.isEmpty else { return }
        effects.add(
            onCommit: { ends.forEach(in: range) { Self.tell(observability, of: $1, $0) } },
            onRollback: {
                // An attempt whose end is undone goes on; a completion without a worker is over.
                ends.forEach(in: range) { item, _ in
                    if item.settlement.worker == nil { (item.trace as? any CompletionTrace)?.rolledBack() }
                }
            })
    }

    private func announce(_ settled: SettledAttempt, of item: Settling, in effects: TransactionEffects) {
        for wait in settled.resolved where wait.unblocksJob {
            effects.wake(through: hintTarget) { $0.add(dueJobOf: wait.jobTypeName) }
        }
        switch item.settlement.outcome {
        case .retried, .released: effects.wake(through: hintTarget) { $0.add(dueJobOf: item.row.typeName) }
        case .failed: effects.wake(through: hintTarget) { $0.completedChains.insert(item.row.chainID) }
        case .completed, .continued: break
        }
        if settled.chainStart != nil {
            effects.wake(through: hintTarget) { $0.completedChains.insert(item.row.chainID) }
        }
        if settled.superseded != nil {
            effects.wake(through: hintTarget) { $0.lostLeases.insert(item.row.id) }
        }
    }

    private static func tell(_ observability: any ObservabilityAdapter, of settled: SettledAttempt, _ item: Settling) {
        item.trace?.ended(AttemptEnd(result: item.result, at: settled.at, scheduledAt: settled.scheduledAt))
        if let superseded = settled.superseded {
            observability.attempt(superseded).ended(AttemptEnd(result: .superseded, at: settled.at))
        }
        for wait in settled.resolved {
            observability.blockerResolved(
                BlockerResolution(
                    wait: wait, chainID: item.row.chainID, chainTypeName: item.row.chainTypeName,
                    chainStartContext: settled.chainStart?.context, resolvedBy: item.trace, resolvedAt: settled.at))
        }
        if let start = settled.chainStart {
            observability.chainEnded(
                ChainEnding(
                    id: item.row.chainID, typeName: item.row.chainTypeName, start: start,
                    jobCount: item.row.chainIndex + 1, result: .completed, completedBy: item.trace,
                    endedAt: settled.at))
        }
    }
}

/// Ends of attempts, and what came of them: both as they are there already, since there may be many of each.
private struct SettledEnds: Sendable {
    let settling: [Settling]
    let results: [SettlementResult]

    /// Hands out those of a range that were written.
    func forEach(in range: Range<Int>, _ body: (Settling, SettledAttempt) -> Void) {
        for index in range {
            if case .settled(let settled) = results[index] { body(settling[index], settled) }
        }
    }
}
