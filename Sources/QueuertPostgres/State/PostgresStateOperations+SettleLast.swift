public import Queuert

extension PostgresStateOperations {
    /// Ends attempts, where nothing more is done in the open transaction.
    ///
    /// A job that a worker has completed is ended and committed in one round trip. If nobody answers, a further connection is
    /// asked what came of it: the job's row tells.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``settle(_:)`` throws, or ``PostgresError`` if the commit is refused. With the code `commitUnknown` it
    ///   could not be found out whether it was done; else nothing is written.
    public func settleLast(_ settlements: [Settlement]) throws -> [SettlementResult] {
        let session = try session
        guard settlements.count == 1, settlements[0].isCompletionByWorker, session.canCommitWithStatement else {
            return try settle(settlements)
        }
        do {
            let result = try session.runLast(
                alone: statements.settle.complete, last: statements.settle.completeOrRefuse,
                completion(of: settlements))
            return try completed(settlements, result)
        } catch let error as PostgresError where error.sqlState == SettleStatements.leaseLost {
            return [.leaseLost]
        } catch let error as PostgresError where error.isFatal {
            return try completed(settlements, try outcome(of: settlements[0]))
        }
    }

    /// What came of a commit that nobody answered.
    ///
    /// - Returns: What the statement returned.
    private func outcome(of settlement: Settlement) throws -> PostgresResult {
        var lock = PostgresParameters()
        lock.add(lookedFor: settlement.lease.jobID, idType)
        var job = lock
        job.add(settlement.lease.token)
        job.add(settlement.worker)
        let found = try session.findOut { handle in try look(handle, lock, job) }
        switch found {
        case .committed(let result):
            try session.haveCommitted()
            return result
        case .undone: throw PostgresError.connectionLost()
        case .unknown, nil: throw PostgresError.commitUnknown
        }
    }

    private enum Outcome {
        case committed(PostgresResult)
        case undone
        /// The job is gone, and with it what would tell.
        case unknown
    }

    private func look(
        _ handle: PostgresHandle, _ lock: PostgresParameters, _ job: PostgresParameters
    ) throws -> Outcome? {
        // Whoever holds the row may be the server that has not noticed that nobody waits for its answer.
        let locking = PostgresCommand(query: statements.settle.lock, parameters: lock)
        let isFree = try handle.run([locking]).results.first.map { $0.rowCount > 0 } ?? false
        let reading = PostgresCommand(query: statements.settle.outcome, parameters: job)
        let (results, failure) = try handle.run([reading])
        if let failure { throw failure }
        guard let result = results.first, let row = result.first else { return .unknown }
        if !row.isNull(1) { return .committed(result) }
        let isTaken = row.bool(13)
        return isFree || !isTaken ? .undone : nil
    }
}
