#if CommandLine
internal import Queuert

/// Looks at the jobs that wait, and why they do.
struct QueueExamination {
    private let now: Timestamp
    private let patience: Duration
    private(set) var facts: [DiagnosisFact] = []
    private(set) var findings: [DiagnosisFinding] = []

    /// So many of the blocked jobs are looked at, the oldest first.
    private static let blockedLimit = 100
    /// So many jobs whose leases are over are counted.
    private static let overdueLimit = 100

    /// Adds what is found to a diagnosis; that it could not be found out is a finding too.
    static func examine<Adapter: DiagnosableStateAdapter>(
        _ client: Client<Adapter>, patience: Duration, _ diagnosis: inout Diagnosis
    ) async {
        do {
            let now = try await client.adapter.databaseTime()
            let adapter = client.adapter
            let examination = try await adapter.withReadConnection { db in
                var examination = QueueExamination(now: now, patience: patience)
                try examination.examine(adapter.operations(on: db))
                return examination
            }
            diagnosis.facts += examination.facts
            diagnosis.findings += examination.findings
        } catch {
            let reason = (error as? any RedactedError).map { "\($0)" } ?? errorTypeName(error)
            diagnosis.findings.append(
                DiagnosisFinding(
                    .unknown, .jobsNotRead, "The jobs could not be looked at: \(reason)",
                    hint: "See to what else was found first."))
        }
    }

    private init(now: Timestamp, patience: Duration) {
        self.now = now
        self.patience = patience
    }

    private mutating func examine(_ operations: some StateOperations) throws {
        let counts = try operations.jobCounts()
        let paused = try operations.pausedTypes()
        func sum(_ count: KeyPath<JobCounts, Int>) -> DiagnosisFact.Value {
            .count(counts.values.reduce(0) { $0 + $1[keyPath: count] })
        }
        facts = [
            DiagnosisFact("readyJobs", sum(\.ready)), DiagnosisFact("scheduledJobs", sum(\.scheduled)),
            DiagnosisFact("blockedJobs", sum(\.blocked)), DiagnosisFact("runningJobs", sum(\.running)),
            DiagnosisFact("failedJobs", sum(\.failed)),
        ]
        for (type, count) in counts.sorted(by: { $0.key < $1.key }) {
            if let since = paused[type] { examine(pausedType: type, count, since: since) } else { examine(type, count) }
            if count.failed > 0 { note(failed: count.failed, type) }
        }
        let overdue = counts.filter { $0.value.overdue > 0 }.keys.sorted()
        if !overdue.isEmpty { try examineLeases(overdue, operations) }
        if counts.values.contains(where: { $0.blocked > 0 }) { try examineBlocked(operations) }
    }

    // MARK: By type

    private mutating func examine(pausedType type: String, _ count: JobCounts, since: Timestamp) {
        findings.append(
            DiagnosisFinding(
                count.ready > 0 && now - since > patience ? .warning : .note, .pausedType,
                "The type “\(type)” has been paused for \(DurationText.short(now - since)) (ready: \(count.ready)).",
                hint: "`client.resume` lets workers have them."))
    }

    private mutating func examine(_ type: String, _ count: JobCounts) {
        guard let oldest = count.oldestReadyAt, now - oldest > patience else { return }
        findings.append(
            DiagnosisFinding(
                .warning, .waitingJobs,
                """
                The oldest ready job of the type “\(type)” has waited for \(DurationText.short(now - oldest)) \
                (ready: \(count.ready), running: \(count.running)).
                """,
                hint: count.running == 0
                    ? "Is a worker running that processes this type, and that was built with its name?"
                    : "The workers can't keep up: raise their concurrency, or run more of them."))
    }

    private mutating func note(failed: Int, _ type: String) {
        findings.append(
            DiagnosisFinding(
                .note, .failedJobs, "Jobs of the type “\(type)” have failed, and are not tried again: \(failed).",
                hint: "`queuert jobs --status failed` lists them; `queuert redrive` has them tried again."))
    }

    // MARK: Leases

    private mutating func examineLeases(_ types: [String], _ operations: some StateOperations) throws {
        // Whoever takes jobs back locks them, which a user that only reads may not, nor anyone on a standby.
        var query = JobQuery(
            typeNames: types, statuses: [.running], createdBefore: now + (.zero - patience), order: .oldestFirst,
            limit: Self.overdueLimit)
        var overdue: [(job: JobRow, until: Timestamp)] = []
        repeat {
            let page = try operations.jobs(query)
            for job in page.items {
                if let until = job.leasedUntil, now - until > patience { overdue.append((job, until)) }
            }
            query.after = page.next
        } while query.after != nil && overdue.count < Self.overdueLimit
        guard let (first, until) = overdue.min(by: { $0.until < $1.until }) else { return }
        let count = overdue.count < Self.overdueLimit ? "\(overdue.count)" : "\(Self.overdueLimit) or more"
        findings.append(
            DiagnosisFinding(
                .warning, .expiredLease,
                """
                Jobs are held by workers that are gone (\(count)): the lease of job \(first.id) ended \
                \(DurationText.short(now - until)) ago.
                """,
                hint: "A worker that processes the type takes them back; is one running?"))
    }

    // MARK: Blocked jobs

    private mutating func examineBlocked(_ operations: some StateOperations) throws {
        let query = JobQuery(
            statuses: [.blocked], createdBefore: now + (.zero - patience), order: .oldestFirst, limit: Self.blockedLimit
        )
        for job in try operations.jobs(query).items {
            let open = try operations.blockers(ofJob: job.id).filter { $0.resolvedAt == nil }
            if open.isEmpty {
                findings.append(
                    DiagnosisFinding(
                        .problem, .strandedJob, "Job \(job.id) is blocked, though all that it waited for has ended.",
                        hint: """
                            A worker makes it ready when it starts, and now and then, and `unblockStrandedJobs()` of a client \
                            does so at once. Unless a row was changed by hand, this is a fault of Queuert's: please report it.
                            """))
            }
            guard let dead = open.first(where: { [.failed, .cancelled].contains($0.chain.last.status(at: now)) }) else {
                continue
            }
            let status = dead.chain.last.status(at: now)
            let chain = dead.chain.first.id
            findings.append(
                DiagnosisFinding(
                    .warning, .blockedForEver,
                    "Job \(job.id) waits for chain \(chain), which is \(status.rawValue).",
                    hint: status == .failed
                        ? "`queuert redrive \(chain.rawValue.shellWord)` tries that again; or cancel both."
                        : "It will not end. Cancel the chain of the job, or complete the job without a worker."))
        }
    }
}

extension DiagnosisFinding.Code {
    /// Jobs that are due wait for long.
    static let waitingJobs = Self(rawValue: "waitingJobs")
    /// A type is paused.
    static let pausedType = Self(rawValue: "pausedType")
    /// Jobs have used up their attempts.
    static let failedJobs = Self(rawValue: "failedJobs")
    /// A lease is long over, and nobody has taken the job back.
    static let expiredLease = Self(rawValue: "expiredLease")
    /// A job waits for a chain that has failed or was cancelled.
    static let blockedForEver = Self(rawValue: "blockedForEver")
    /// A job is blocked though nothing blocks it.
    static let strandedJob = Self(rawValue: "strandedJob")
    /// The jobs could not be looked at.
    static let jobsNotRead = Self(rawValue: "jobsNotRead")
}
#endif
