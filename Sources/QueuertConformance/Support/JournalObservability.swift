package import Queuert

/// Writes what the core tells of its work into a journal.
package struct JournalObservability: ObservabilityAdapter {
    private let journal: Journal
    private let running = Locked<[WorkerActivity]>([])

    /// What can be asked of the workers that run, in the order in which they were started.
    package var runningWorkers: [WorkerActivity] { running.withLock { $0 } }

    /// Whether the database keeps a message of what each transaction writes.
    package let recordsTransactions: Bool

    package init(journal: Journal, recordsTransactions: Bool = false) {
        self.journal = journal
        self.recordsTransactions = recordsTransactions
    }

    package func recordTransaction(_ tell: () -> Void) -> [TelemetryMessage] {
        [TelemetryMessage(signal: "traces", encoding: "none", bytes: [], itemCount: 1)]
    }

    package func batchStarting(_ batch: BatchStarting) -> any BatchTrace { Batch() }

    package func jobCreating(_ job: JobCreating) -> any JobTrace {
        CreatedJob(journal: journal, typeName: job.typeName)
    }

    package func attempt(_ job: ClaimedJob) -> any AttemptTrace { RunAttempt(journal: journal, row: job.row) }

    package func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace {
        RunAttempt(journal: journal, row: job.row)
    }

    package func blockerResolved(_ wait: BlockerResolution) { journal.add("resolved \(wait.wait.jobTypeName)") }

    package func chainEnded(_ chain: ChainEnding) { journal.add("chain \(chain.result) \(chain.typeName)") }

    package func happened(_ event: QueueEvent) {
        switch event {
        case .workerStarted(let worker): running.withLock { $0.append(worker) }
        // A worker has a client, which has this.
        case .workerStopped(let worker): running.withLock { $0.removeAll { $0.id == worker.id } }
        default: break
        }
    }

    /// The call is told of by its chains.
    private struct Batch: BatchTrace {
        func committed() {}
        func rolledBack() {}
    }

    private struct CreatedJob: JobTrace {
        let journal: Journal
        let typeName: String
        var columns: JobTraceColumns { JobTraceColumns(jobContext: "created") }
        var blockerContexts: [String?] { [] }
        func committed(_ job: JobRow) { journal.add("created \(typeName)") }
        func existing(_ job: JobRow) { journal.add("existing \(typeName)") }
        func rolledBack() { journal.add("rolled back \(typeName)") }
    }

    private struct RunAttempt: CompletionTrace {
        let journal: Journal
        let row: JobRow
        var context: String? { "attempt \(row.leaseToken) of \(row.id)" }
        func started(in batch: [any AttemptTrace]) {}
        func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R { try await body() }
        func rolledBack() { journal.add("completion rolled back \(row.typeName)") }
        func phaseStarting(_ phase: AttemptPhase) -> any PhaseTrace { Phase() }
        func ended(_ end: AttemptEnd) {
            let word =
                switch end.result {
                case .completed: "completed"
                case .continued: "continued"
                case .failed: "failed"
                case .rescheduled: "rescheduled"
                case .lost: "lost"
                case .released: "released"
                case .cancelled: "cancelled"
                case .superseded: "superseded"
                }
            journal.add("\(word) \(row.typeName)")
        }
    }

    private struct Phase: PhaseTrace {
        func withCurrent<R>(_ body: () async throws -> R) async rethrows -> R { try await body() }
        func ended(_ error: (any Error)?) {}
    }
}
