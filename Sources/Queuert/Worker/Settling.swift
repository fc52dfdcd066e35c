/// An attempt's end on its way into the database, and who is told of it.
struct Settling: Sendable {
    let settlement: Settlement
    let result: AttemptEnd.Result
    /// The job as the claim left it.
    let row: JobRow
    let trace: (any AttemptTrace)?
    /// The telemetry of the job that follows.
    let successor: (any JobTrace)?
}

extension Client {
    /// Writes the ends of attempts in the connection's transaction, and lets what follows from them wait for its commit.
    ///
    /// - Returns: For each, whether it was written; if not, the lease is lost and its successor's telemetry still open.
    /// - Throws: An error of the database; then all telemetry of successors is still open.
    func settle(_ settling: [Settling], on connection: isolated Adapter.Connection) throws -> [Bool] {
        let effects = try connection.openEffects
        let results = try adapter.operations(on: connection).settle(settling.map(\.settlement))
        return zip(settling, results).map { item, result in
            switch result {
            case .leaseLost:
                return false
            case .settled(let settled):
                announce(settled, of: item, in: effects)
                return true
            }
        }
    }

    private func announce(_ settled: SettledAttempt, of item: Settling, in effects: TransactionEffects) {
        if let successor = settled.successor { announce(successor, item.successor, in: effects) }
        for wait in settled.resolved where wait.unblocksJob {
            effects.wake(WakeHint(dueTypes: [wait.jobTypeName]), through: hintTarget)
        }
        switch item.settlement.outcome {
        case .retried, .released: effects.wake(WakeHint(dueTypes: [item.row.typeName]), through: hintTarget)
        case .completed, .continued: break
        }
        if settled.chainStart != nil {
            effects.wake(WakeHint(completedChains: [item.row.chainID]), through: hintTarget)
        }
        guard let observability else { return }
        effects.add(onCommit: {
            Self.tell(observability, of: settled, item)
        })
    }

    private static func tell(_ observability: any ObservabilityAdapter, of settled: SettledAttempt, _ item: Settling) {
        item.trace?.ended(AttemptEnd(result: item.result, at: settled.at, scheduledAt: settled.scheduledAt))
        for wait in settled.resolved {
            observability.blockerResolved(
                BlockerResolution(
                    wait: wait, chainID: item.row.chainID, chainTypeName: item.row.chainTypeName,
                    chainStartContext: settled.chainStart?.context, resolvedBy: item.trace, resolvedAt: settled.at))
        }
        if let start = settled.chainStart {
            observability.chainCompleted(
                ChainCompletion(
                    id: item.row.chainID, typeName: item.row.chainTypeName, start: start,
                    jobCount: item.row.chainIndex + 1, completedBy: item.trace, completedAt: settled.at))
        }
    }
}
