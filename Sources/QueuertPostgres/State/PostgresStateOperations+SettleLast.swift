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
            return try session.outcome { try look($0, for: settlements) }
        }
    }
}
