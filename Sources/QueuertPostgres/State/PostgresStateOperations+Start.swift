public import Queuert

extension PostgresStateOperations {
    /// Writes jobs, the first of new chains, with what they wait for.
    ///
    /// Jobs without blockers and keys are written by one INSERT, or by COPY if there are many.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: What came of each, in the order of the jobs.
    /// - Throws: ``Queuert/ChainNotFoundError`` if a blocker doesn't exist, ``Queuert/ChainCancelledError`` if it was
    ///   cancelled, ``Queuert/JobTypeMismatchError`` if it started with another type, ``Queuert/DuplicateJobIDError``
    ///   if there is a job with an identifier already, ``Queuert/InvalidJobIDError`` if an identifier is no UUID where
    ///   the tables hold UUIDs, or ``PostgresError``. Then nothing is written.
    public func insertJobs(_ jobs: [NewJob]) throws -> [InsertedJob] {
        if jobs.isEmpty { return [] }
        let inserted = try insert(jobs)
        if !bounds.isEmpty { try forgetPlaces(behind: inserted.lazy.filter { !$0.isExisting }.map(\.row)) }
        return inserted
    }

    private func insert(_ jobs: [NewJob]) throws -> [InsertedJob] {
        for job in jobs where job.deduplication == nil { try idType.check(job.id) }
        if jobs.contains(where: { $0.deduplication != nil || !$0.blockers.isEmpty }) {
            return try mappingDuplicates(of: jobs) { try startInOrder(jobs) }
        }
        if jobs.count == 1 { return [InsertedJob(row: try insert(jobs[0]))] }
        var known: Set<JobID> = []
        for job in jobs where !known.insert(job.id).inserted { throw DuplicateJobIDError(id: job.id) }
        return try mappingDuplicates(of: jobs) {
            jobs.count >= Self.copyThreshold ? try copy(jobs) : try insertMany(jobs)
        }
    }

    /// From so many jobs on, COPY is faster than arrays.
    private static var copyThreshold: Int { 500 }

    private func insert(_ job: NewJob) throws -> JobRow {
        var parameters = parametersWithTime()
        parameters.add(lookedFor: job.id, idType)
        parameters.add(job.typeName)
        parameters.add(lookedFor: job.chainID, idType)
        parameters.add(job.chainTypeName)
        parameters.add(Int32(clamping: job.chainIndex))
        parameters.add(job.input)
        parameters.add(delay: job.schedule)
        parameters.add(job.schedule.moment)
        parameters.add(Int32(clamping: job.priority.rawValue))
        parameters.add(job.trace.chainContext)
        parameters.add(job.trace.jobContext)
        parameters.add(job.trace.carrier)
        parameters.add(job.trace.segment)
        guard let row = try session.run(statements.start.one, parameters).first else {
            throw DuplicateJobIDError(id: job.id)
        }
        try session.transactionID = row.int64(1)
        return JobRow(written: job, at: row.time(0), isBlocked: false)
    }

    /// An identifier that another job has, or is given by a transaction at the same moment, is refused by the index.
    ///
    /// Which it is the answer tells: the job that has it may be one that the transaction does not see.
    private func mappingDuplicates<R>(of jobs: [NewJob], _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as PostgresError where error.sqlState == "23505" {
            // A chain's identifier and its first job's are one, whichever index it was.
            guard let id = try session.handle.takenKey?.value(among: jobs.lazy.map(\.id.rawValue)) else { throw error }
            throw DuplicateJobIDError(id: JobID(rawValue: id))
        }
    }

    private func insertMany(_ jobs: [NewJob]) throws -> [InsertedJob] {
        var parameters = parametersWithTime()
        parameters.add(jobs: jobs, idType)
        let row = try session.runApart(statements.start.many, parameters)[0]
        if let duplicate = row.optionalJobID(2, idType) { throw DuplicateJobIDError(id: duplicate) }
        try session.transactionID = row.int64(1)
        let now = row.time(0)
        return jobs.map { InsertedJob(row: JobRow(written: $0, at: now, isBlocked: false)) }
    }

    private func copy(_ jobs: [NewJob]) throws -> [InsertedJob] {
        try session.whole {
            var parameters = parametersWithTime()
            if statements.start.filed != nil { parameters.add(lookedFor: jobs.map(\.id), idType) }
            let row = try session.run(statements.start.now, parameters)[0]
            if statements.start.filed != nil, let duplicate = row.optionalJobID(2, idType) {
                throw DuplicateJobIDError(id: duplicate)
            }
            try session.transactionID = row.int64(1)
            let now = row.time(0)
            var inserted: [InsertedJob] = []
            inserted.reserveCapacity(jobs.count)
            // Sent in parts, so that the server writes those that have come while the next are made.
            try session.copy(statements.start.copy.text) { send in
                var data = PostgresCopyData(idType)
                for job in jobs {
                    let row = JobRow(written: job, at: now, isBlocked: false)
                    inserted.append(InsertedJob(row: row))
                    data.add(row, at: now)
                    if data.isLarge { try send(data.takeBytes()) }
                }
                data.end()
                try send(data.takeBytes())
            }
            if let filed = statements.start.filed,
                let duplicate = try session.run(filed, list(jobs.map(\.id)))[0].optionalJobID(0, idType)
            {
                throw DuplicateJobIDError(id: duplicate)
            }
            return inserted
        }
    }

    /// Jobs that wait for something, or are not needed if a chain has their key, are written one after the other.
    private func startInOrder(_ jobs: [NewJob]) throws -> [InsertedJob] {
        var parameters = parametersWithTime()
        parameters.add(jobs: jobs, idType)
        parameters.add(rules: jobs, idType)
        let waits = jobs.enumerated().flatMap { index, job in
            job.blockers.enumerated().map { (job: Int32(index + 1), ordinal: Int32($0), blocker: $1) }
        }
        parameters.add(waits.map(\.job))
        parameters.add(waits.map(\.ordinal))
        parameters.add(blockers: waits.map(\.blocker), idType)
        let result = try session.runApart(statements.start.general, parameters)
        if let row = result.first, let problem = row.optionalText(5) {
            throw startProblem(
                problem, row, from: 6, of: waits.map(\.blocker))
        }
        if let id = result.first?.optionalInt64(2) { try session.transactionID = id }
        return try zip(jobs, result.rows).map { job, row in
            if let existing = row.optionalJobID(3, idType) {
                // The chain can't be deleted meanwhile, but by the transaction itself.
                if row.isNull(8) { throw ChainNotFoundError(chainID: existing) }
                return InsertedJob(row: row.job(idType, from: 8), isExisting: true)
            }
            return InsertedJob(row: JobRow(written: job, at: row.time(1), isBlocked: row.bool(4)))
        }
    }

    /// Why jobs could not be written, of a row that names the chain and its type.
    func startProblem(
        _ problem: String, _ row: PostgresResult.Row, from column: Int, of blockers: [NewJob.Blocker]
    ) -> any Error {
        // An identifier that is no UUID, and so no chain's, came to the database as NULL.
        let missing = blockers.first { idType == .uuid && UUIDBytes($0.chainID.rawValue) == nil }?.chainID
        let id = row.optionalJobID(column, idType) ?? missing ?? JobID(rawValue: "")
        switch problem {
        case "duplicate": return DuplicateJobIDError(id: id)
        case "cancelled": return ChainCancelledError(chainID: id)
        case "type":
            let actual = row.text(column + 1)
            let expected = blockers.first { $0.chainID == id && $0.chainTypeName != nil && $0.chainTypeName != actual }
            return JobTypeMismatchError(chainID: id, expected: expected?.chainTypeName ?? "", actual: actual)
        default: return ChainNotFoundError(chainID: id)
        }
    }
}

extension PostgresParameters {
    mutating func add(delay schedule: Schedule) {
        if let delay = schedule.delay { add(delay) } else { addNull(.int64) }
    }

    /// What the functions that write jobs take of each.
    mutating func add(jobs: [NewJob], _ type: PostgresIDType) {
        // By place: to copy whole jobs for each column costs more than all the rest.
        let places = jobs.indices.lazy
        add(lookedFor: places.map { jobs[$0].id }, type)
        add(places.map { Optional(jobs[$0].typeName) })
        add(lookedFor: places.map { jobs[$0].chainID }, type)
        add(places.map { Optional(jobs[$0].chainTypeName) })
        add(places.map { Int32(clamping: jobs[$0].chainIndex) })
        add(places.map { Optional(jobs[$0].input) })
        add(places.map { jobs[$0].schedule.delay })
        add(places.map { jobs[$0].schedule.moment })
        add(places.map { Int32(clamping: jobs[$0].priority.rawValue) })
        add(places.map { jobs[$0].trace.chainContext })
        add(places.map { jobs[$0].trace.jobContext })
        add(places.map { jobs[$0].trace.carrier })
        add(places.map { jobs[$0].trace.segment })
    }

    fileprivate mutating func add(rules jobs: [NewJob], _ type: PostgresIDType) {
        let rules = jobs.map(\.deduplication)
        add(rules.lazy.map { $0?.key })
        add(rules.lazy.map { $0?.scope == .any })
        add(rules.lazy.map { $0?.window?.postgresMicroseconds })
        let excluded = rules.enumerated().flatMap { index, rule in
            (rule?.excluding ?? []).map { (Int32(index + 1), $0) }
        }
        add(excluded.map(\.0))
        add(lookedFor: excluded.map(\.1), type)
    }

    mutating func add(blockers: [NewJob.Blocker], _ type: PostgresIDType) {
        add(lookedFor: blockers.lazy.map(\.chainID), type)
        add(blockers.lazy.map(\.chainTypeName))
        add(blockers.lazy.map(\.traceContext))
    }
}

extension Schedule {
    /// The delay in microseconds; `nil` for a moment.
    var delay: Int64? {
        switch form {
        case .now: 0
        case .after(let delay): max(0, delay.postgresMicroseconds)
        case .at: nil
        }
    }

    var moment: Timestamp? {
        if case .at(let moment) = form { moment } else { nil }
    }
}

extension JobRow {
    /// A job that was just written.
    init(written job: NewJob, at now: Timestamp, isBlocked: Bool) {
        self.init(
            id: job.id, typeName: job.typeName, chainID: job.chainID, chainTypeName: job.chainTypeName,
            chainIndex: job.chainIndex, input: job.input, createdAt: now, scheduledAt: job.schedule.dueTime(at: now),
            priority: job.priority, readyAt: isBlocked ? nil : now, hasOpenBlockers: isBlocked, trace: job.trace)
    }
}
