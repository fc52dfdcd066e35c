extension Processor {
    /// Starts the chains of what recurs, when it is time: see ``Client/startRecurring(_:_:input:_:missedRuns:overlappingRuns:priority:trace:)``.
    ///
    /// Some worker must have it, and any number may. It need not be one that processes what is started.
    ///
    /// - Parameter client: The worker's client.
    /// - Returns: The processor.
    public static func recurrences(of client: Client<Adapter>) -> Self {
        // What recurs is never given up, whatever the worker's limit: it would stand still.
        .atomic(RecurrenceJob.self, maximumAttempts: .max) { job, db in .finish(try client.run(job, on: db)) }
    }
}

extension Client {
    /// Starts the chains of an occurrence, and the job that waits for the next one.
    func run(
        _ job: Job<RecurrenceJob>, on connection: isolated Adapter.Connection
    ) throws -> RecurrenceJob.Output {
        let operations = adapter.operations(on: connection)
        // Nobody ends this job any more before the transaction has: what it starts is started once.
        guard let claimed = try operations.lockedLastJob(ofChain: job.chainID), claimed.row.completedAt == nil,
            claimed.row.cancelledAt == nil
        else { throw LeaseLostError(jobID: job.id) }
        var waiting = job.input
        let definition = waiting.definition
        // The database's time, at the claim.
        let now = max(waiting.occurrence, claimed.row.lastAttemptAt ?? clock.now)

        let occurrences = definition.missedRuns.occurrences(from: waiting.occurrence, upTo: now, by: definition.rule)
        var output = RecurrenceJob.Output(outcome: occurrences.isEmpty ? .missed : .started, runs: [])
        if !occurrences.isEmpty {
            if try definition.overlappingRuns == .skip && hasOpenChain(waiting.lastRuns, with: operations) {
                output.outcome = .overlapping
            } else {
                let runs = try start(
                    occurrences.map { Successor(runOf: waiting, at: $0) }, asBatch: occurrences.count > 1,
                    on: connection)
                output.runs = runs.map(\.row.id)
                waiting.lastRuns = output.runs
            }
        }
        waiting.occurrence = definition.rule.next(after: now)
        // The next one belongs to this one's trace as a continuation would, so that no trace goes on for ever.
        let origin = observability?.attempt(claimed)
        _ = try start([Successor(waiting, excluding: job.chainID)], origin: origin, on: connection)
        return output
    }

    private func hasOpenChain(_ chainIDs: [JobID], with operations: Adapter.Operations) throws -> Bool {
        try chainIDs.contains { try operations.chainEnds($0)?.last.isOpen ?? false }
    }
}
