#if CommandLine
internal import Queuert

/// What jobs do at a moment, as the database's lists have it.
///
/// A job that is in line stays there when a clock is set back. Its row doesn't tell, so the database is asked.
struct JobStatuses: Sendable {
    /// The moment, by the database's clock.
    let now: Timestamp
    /// Jobs that are in line, though by their rows they are due later.
    private let early: Set<JobID>

    init(of jobs: [JobRow], at now: Timestamp, _ operations: some StateOperations) throws {
        self.now = now
        let later = Set(jobs.filter { $0.status(at: now) == .scheduled }.map(\.id))
        let query = JobQuery(statuses: [.ready], jobIDs: Array(later), limit: later.count)
        early = try later.isEmpty ? [] : Set(operations.jobs(query).items.map(\.id))
    }

    init<Adapter: StateAdapter>(of jobs: [JobRow], at now: Timestamp, in adapter: Adapter) async throws {
        self = try await adapter.withReadConnection { db in
            try JobStatuses(of: jobs, at: now, adapter.operations(on: db))
        }
    }

    subscript(job: JobRow) -> JobStatus { early.contains(job.id) ? .ready : job.status(at: now) }
}
#endif
