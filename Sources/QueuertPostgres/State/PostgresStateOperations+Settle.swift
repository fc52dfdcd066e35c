public import Queuert

extension PostgresStateOperations {
    /// Ends attempts.
    ///
    /// Those that workers have completed are ended by one statement, whatever their number; others by one each, all of
    /// them in one round trip. If the server commits that by itself and nobody answers, a further connection is asked
    /// what came of it.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``insertJobs(_:)`` throws of a successor, or ``PostgresError``. Then nothing is written, except with
    ///   the code `commitUnknown`.
    public func settle(_ settlements: [Settlement]) throws -> [SettlementResult] {
        if settlements.isEmpty { return [] }
        for case .continued(let next) in settlements.lazy.map(\.outcome) { try idType.check(next.id) }
        if settlements.count == 1 { return [try settleAlone(settlements[0])] }
        guard settlements.areOfDifferentJobs else {
            return try session.whole { try settlements.map(settleAlone) }
        }
        // In one order everywhere, so that two calls never wait for each other's rows.
        let order = settlements.indices.sorted {
            settlements[$0].lease.jobID.rawValue < settlements[$1].lease.jobID.rawValue
        }
        let results = Dictionary(
            zip(order, try settleInOrder(order.map { settlements[$0] })), uniquingKeysWith: { first, _ in first })
        return settlements.indices.map { results[$0] ?? .leaseLost }
    }

    /// Ends attempts of different jobs.
    private func settleInOrder(_ settlements: [Settlement]) throws -> [SettlementResult] {
        let isSimple = settlements.allSatisfy(\.isCompletionByWorker)
        if isSimple, settlements.haveOneWorker { return try complete(settlements) }
        return try session.whole { try settleInGroups(settlements) }
    }

    /// Ends attempts of which some continue, fail or are ended without a worker.
    private func settleInGroups(_ settlements: [Settlement]) throws -> [SettlementResult] {
        let groups = Dictionary(grouping: settlements.indices) { index in
            settlements[index].isCompletionByWorker ? settlements[index].worker : nil
        }
        var results: [Int: SettlementResult] = [:]
        for (worker, indices) in groups where worker != nil {
            for (index, result) in zip(indices, try complete(indices.map { settlements[$0] })) {
                results[index] = result
            }
        }
        let others = groups[nil] ?? []
        let together = others.filter { settlements[$0].worker != nil }
        for (index, result) in zip(together, try end(together.map { settlements[$0] })) { results[index] = result }
        for index in others where settlements[index].worker == nil {
            results[index] = try settleAlone(settlements[index])
        }
        return settlements.indices.map { results[$0] ?? .leaseLost }
    }

    private func settleAlone(_ settlement: Settlement) throws -> SettlementResult {
        if settlement.worker == nil { return try settleWithoutWorker(settlement) }
        if settlement.isCompletionByWorker { return try complete([settlement])[0] }
        return try end([settlement])[0]
    }

    // MARK: Completions

    private func complete(_ settlements: [Settlement]) throws -> [SettlementResult] {
        try committing {
            try completed(settlements, try session.run(statements.settle.complete, completion(of: settlements)))
        } orLook: {
            try look($0, for: settlements)
        }
    }

    func completion(of settlements: [Settlement]) -> PostgresParameters {
        var parameters = parametersWithTime()
        parameters.add(settlements[0].worker)
        parameters.add(lookedFor: settlements.lazy.map(\.lease.jobID), idType)
        parameters.add(settlements.lazy.map { Optional($0.lease.token) })
        parameters.add(lookedFor: settlements.lazy.map(\.chainID), idType)
        parameters.add(settlements.lazy.map(\.output))
        parameters.add(settlements.lazy.map(\.attemptContext))
        return parameters
    }

    func completed(_ settlements: [Settlement], _ result: PostgresResult) throws -> [SettlementResult] {
        var settled = [SettledAttempt?](repeating: nil, count: settlements.count)
        var places: [JobID: Int] = [:]
        var unblockedTypes: Set<String> = []
        for row in result.rows {
            if row.isNull(0) {
                let chainID = row.jobID(5, idType)
                if places.isEmpty {
                    for (index, settlement) in settlements.enumerated() { places[settlement.chainID] = index }
                }
                let wait = resolvedBlocker(row)
                if let index = places[chainID] { settled[index]?.resolved.append(wait) }
                if wait.unblocksJob, wait.scheduledAt <= row.time(1) { unblockedTypes.insert(wait.jobTypeName) }
            } else if !row.isNull(1) {
                try session.transactionID = row.optionalInt64(2)
                // There is no start if somebody has deleted the chain's first job by hand.
                let start = row.optionalTime(3).map { ChainStart(createdAt: $0, context: row.optionalText(4)) }
                settled[Int(row.int32(0)) - 1] = SettledAttempt(at: row.time(1), chainStart: start)
            }
        }
        try forgetPlaces(of: unblockedTypes)
        return settled.map { $0.map { .settled($0) } ?? .leaseLost }
    }

    private func resolvedBlocker(_ row: PostgresResult.Row) -> ResolvedBlocker {
        ResolvedBlocker(
            jobID: row.jobID(6, idType), jobTypeName: row.text(7), jobChainID: row.jobID(8, idType),
            jobContext: row.optionalText(9), awaitContext: row.optionalText(10), ordinal: Int(row.int32(11)),
            blockedAt: row.time(12), unblocksJob: row.bool(13), scheduledAt: row.time(14))
    }

    // MARK: Other ends

    /// Ends attempts otherwise than with their chain's output, in one round trip.
    private func end(_ settlements: [Settlement]) throws -> [SettlementResult] {
        if settlements.isEmpty { return [] }
        let results = try committing { () -> [SettlementResult] in
            let answers = try session.run(settlements.map(command))
            return try zip(settlements, answers).map(settlementResult)
        } orLook: {
            // Several are in a transaction, and not looked for here.
            try look($0, forEndOf: settlements[0])
        }
        let ends = results.compactMap { result -> SettledAttempt? in
            if case .settled(let end) = result { end } else { nil }
        }
        try forgetPlaces(behind: ends.compactMap(\.successor))
        // What was given back, or is tried again at once: a settlement does not say of which type that is.
        if ends.contains(where: \.isDueAgain) { try forgetPlaces(of: nil) }
        return results
    }

    private func command(_ settlement: Settlement) -> PostgresCommand {
        var parameters = parametersWithTime()
        parameters.add(lookedFor: settlement.lease.jobID, idType)
        parameters.add(settlement.lease.token)
        parameters.add(settlement.worker)
        if case .continued(let next) = settlement.outcome {
            parameters.add(settlement.attemptContext)
            parameters.add(successor: next, idType)
            return PostgresCommand(query: statements.settle.continueWith, parameters: parameters)
        }
        let (kind, outcome, error, schedule) = settlement.end
        parameters.add(kind)
        parameters.add(outcome.rawValue)
        parameters.add(error)
        parameters.add(settlement.attemptContext)
        parameters.add(delay: schedule)
        parameters.add(schedule.moment)
        let query = settlement.requiresLapsedLease ? statements.settle.endIfLapsed : statements.settle.end
        return PostgresCommand(query: query, parameters: parameters)
    }

    private func settlementResult(_ settlement: Settlement, _ result: PostgresResult) throws -> SettlementResult {
        guard let row = result.first else { return .leaseLost }
        if case .continued(let next) = settlement.outcome {
            if let problem = row.optionalText(3) { throw startProblem(problem, row, from: 4, of: next.blockers) }
            try session.transactionID = row.int64(1)
            let now = row.time(0)
            return .settled(
                SettledAttempt(at: now, successor: JobRow(written: next, at: now, isBlocked: row.bool(2))))
        }
        try session.transactionID = row.int64(1)
        return .settled(SettledAttempt(at: row.time(0), scheduledAt: row.optionalTime(2)))
    }

    // MARK: Without a worker

    /// Ends a job that needs no lease; an attempt that runs is superseded.
    private func settleWithoutWorker(_ settlement: Settlement) throws -> SettlementResult {
        try session.whole {
            _ = try lock(chains: [settlement.chainID])
            var parameters = PostgresParameters()
            parameters.add(lookedFor: settlement.lease.jobID, idType)
            parameters.add(settlement.lease.token)
            guard let row = try session.run(statements.settle.jobToSettle, parameters).first else { return .leaseLost }
            let job = row.claimedJob(idType)
            let isRunning = job.row.leasedUntil != nil
            if isRunning { try record(.superseded, of: job.row.id) }
            let result = settlement.output == nil ? try end([settlement])[0] : try complete([settlement])[0]
            guard isRunning, case .settled(var settled) = result else { return result }
            settled.superseded = job
            return .settled(settled)
        }
    }

    /// Records an attempt that is cut short.
    func record(_ outcome: AttemptOutcome, of jobID: JobID) throws {
        var parameters = parametersWithTime()
        parameters.add(lookedFor: jobID, idType)
        parameters.add(outcome.rawValue)
        _ = try session.run(statements.settle.attempt, parameters)
    }

    /// Finds the last job of a chain; the transaction keeps others from ending or claiming it until it is over.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The job, with the outputs of what it waited for; `nil` if there is no such chain.
    /// - Throws: ``PostgresError``.
    public func lockedLastJob(ofChain chainID: JobID) throws -> ClaimedJob? {
        try session.whole {
            _ = try lock(chains: [chainID])
            while true {
                guard let row = try session.run(statements.change.lastJobs, list([chainID])).first else { return nil }
                let job = row.claimedJob(idType)
                // The job was continued while this waited for its row.
                if job.row.successorID == nil { return job }
            }
        }
    }
}

extension PostgresParameters {
    fileprivate mutating func add(successor job: NewJob, _ type: PostgresIDType) {
        add(lookedFor: job.id, type)
        add(job.typeName)
        add(lookedFor: job.chainID, type)
        add(job.chainTypeName)
        add(Int32(clamping: job.chainIndex))
        add(job.input)
        add(delay: job.schedule)
        add(job.schedule.moment)
        add(Int32(clamping: job.priority.rawValue))
        add(job.trace.chainContext)
        add(job.trace.jobContext)
        add(job.trace.carrier)
        add(job.trace.segment)
        add(job.blockers.indices.map { Int32($0) })
        add(blockers: job.blockers, type)
    }
}

extension SettledAttempt {
    /// Whether the job is to be tried again, and may be at once.
    fileprivate var isDueAgain: Bool { scheduledAt.map { $0 <= at } ?? false }
}

extension Settlement {
    /// Whether a worker has completed the job, and with it the chain.
    var isCompletionByWorker: Bool { worker != nil && output != nil }

    fileprivate var output: String? {
        if case .completed(let output) = outcome { output } else { nil }
    }

    /// How the attempt ends if the chain neither ends nor continues.
    var end: (kind: String, outcome: AttemptOutcome, error: String?, schedule: Schedule) {
        switch outcome {
        case .retried(let schedule, let error, let outcome): ("retried", outcome, error, schedule)
        case .failed(let error, let outcome): ("failed", outcome, error, .now)
        case .released, .completed, .continued: ("released", .released, nil, .now)
        }
    }
}

extension [Settlement] {
    fileprivate var haveOneWorker: Bool { allSatisfy { $0.worker == self[0].worker } }
    fileprivate var areOfDifferentJobs: Bool { count == 1 || Set(map(\.lease.jobID)).count == count }
}
