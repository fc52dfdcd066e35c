import Queuert
import Synchronization

extension WorkerScenario {
    /// What is asked of the database while a body runs.
    func cost(of body: () async throws -> Void) async throws -> [Faults.Place: Int] {
        let before = faults.counts
        try await body()
        return faults.counts.subtracting(before)
    }

    /// What is asked of the database from the moment at which a worker has nothing to do until it has stopped.
    func cost(
        ofWorking processors: [Processor<Adapter>], _ configuration: Worker<Adapter>.Configuration = patient,
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> [Faults.Place: Int] {
        let before = Mutex<[Faults.Place: Int]>([:])
        try await withWorker(processors, configuration) { _ in
            await clock.waitForSleepers(idleWorkerSleepers)
            before.withLock { $0 = faults.counts }
            try await body()
        }
        return faults.counts.subtracting(before.withLock { $0 })
    }
}

extension [Faults.Place: Int] {
    fileprivate func subtracting(_ others: Self) -> Self {
        merging(others) { $0 - $1 }.filter { $0.value != 0 }
    }

    subscript(place: Faults.Place) -> Int { self[place, default: 0] }

    /// How many reads there were, but for those of a worker that waits for jobs: polls, and looks at what is paused.
    var otherReads: Int { self[.read] - self[.nextClaimableIn] - self[.pausedTypes] }

    /// How many transactions there were, but for claims.
    var otherTransactions: Int { self[.begin] - self[.claimJobs] }
}
