internal import Queuert

/// What came of ends of attempts that nobody answered: their jobs' rows tell.
extension PostgresStateOperations {
    /// Runs what ends attempts; if the server commits it by itself and nobody answers, a further connection is asked.
    ///
    /// - Parameters:
    ///   - body: Runs the statement.
    ///   - look: Looks for what it has led to, on the further connection; `nil` if it is not known yet.
    /// - Returns: What it has led to.
    /// - Throws: What the body throws; or ``PostgresError``: `connectionLost` if nothing is written, else `commitUnknown`.
    func committing<R>(
        _ body: () throws -> R, orLook look: (PostgresHandle) throws -> StatementOutcome<R>?
    ) throws -> R {
        let session = try session
        guard session.commitsEachStatement, session.isReadCommittedByDefault else { return try body() }
        do { return try body() } catch let error as PostgresError where error.isFatal {
            return try session.outcome(look)
        }
    }

    /// Looks for what completions by a worker, all in one statement, have led to.
    func look(
        _ handle: PostgresHandle, for settlements: [Settlement]
    ) throws -> StatementOutcome<[SettlementResult]>? {
        let free = try freeRows(of: settlements, handle)
        var parameters = PostgresParameters()
        parameters.add(lookedFor: settlements.lazy.map(\.lease.jobID), idType)
        parameters.add(settlements.lazy.map { Optional($0.lease.token) })
        parameters.add(lookedFor: settlements.lazy.map(\.chainID), idType)
        parameters.add(settlements[0].worker)
        guard let result = try read(statements.outcome.completions, parameters, handle) else { return .unknown }
        let rows = result.rows.filter { !$0.isNull(0) }
        if rows.contains(where: { !$0.isNull(1) }) { return .committed(try completed(settlements, result)) }
        let taken = rows.filter { $0.bool(13) }
        if taken.isEmpty, rows.count < settlements.count { return .unknown }
        return taken.allSatisfy { free.contains($0.int32(0)) } ? .undone : nil
    }

    /// Looks for what another end of an attempt, the only one of its statement, has led to.
    func look(
        _ handle: PostgresHandle, forEndOf settlement: Settlement
    ) throws -> StatementOutcome<[SettlementResult]>? {
        let free = try freeRows(of: [settlement], handle)
        var parameters = PostgresParameters()
        parameters.add(lookedFor: settlement.lease.jobID, idType)
        parameters.add(settlement.lease.token)
        parameters.add(lookedFor: settlement.chainID, idType)
        let query: PostgresQuery
        if case .continued(let next) = settlement.outcome {
            query = statements.outcome.continuation
            parameters.add(lookedFor: next.id, idType)
            parameters.add(settlement.worker)
        } else {
            query = statements.outcome.end
            parameters.add(settlement.end.outcome.rawValue)
        }
        guard let row = try read(query, parameters, handle)?.first else { return .unknown }
        if let moment = row.optionalTime(0) { return .committed([.settled(settlement.ended(at: moment, row))]) }
        return row.bool(1) && free.isEmpty ? nil : .undone
    }

    /// Locks the rows of jobs that nobody else has locked: that may be the server, which has not noticed that nobody waits
    /// for its answer.
    ///
    /// - Returns: Their places among the settlements, from one.
    private func freeRows(of settlements: [Settlement], _ handle: PostgresHandle) throws -> Set<Int32> {
        var parameters = PostgresParameters()
        parameters.add(lookedFor: settlements.lazy.map(\.lease.jobID), idType)
        let locked = try read(statements.outcome.lock, parameters, handle)
        return Set(locked?.rows.map { $0.int32(0) } ?? [])
    }

    private func read(
        _ query: PostgresQuery, _ parameters: PostgresParameters, _ handle: PostgresHandle
    ) throws -> PostgresResult? {
        let (results, failure) = try handle.run([PostgresCommand(query: query, parameters: parameters)])
        if let failure { throw failure }
        return results.first
    }
}

extension Settlement {
    /// The attempt's end as it was written at a moment, of which a row tells the rest.
    fileprivate func ended(at moment: Timestamp, _ row: PostgresResult.Row) -> SettledAttempt {
        switch outcome {
        case .continued(let next):
            SettledAttempt(at: moment, successor: JobRow(written: next, at: moment, isBlocked: row.bool(2)))
        case .failed: SettledAttempt(at: moment)
        case .completed, .retried, .released: SettledAttempt(at: moment, scheduledAt: row.optionalTime(2))
        }
    }
}
