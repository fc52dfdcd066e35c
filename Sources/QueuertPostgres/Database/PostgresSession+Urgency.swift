/// Statements that are of no use once they take long.
extension PostgresSession {
    /// Runs a statement that may be done twice, and whose answer is not waited for as long as others' are.
    ///
    /// If it is all that is done, and the connection turns out to be lost, it is run once more on a further one. In a
    /// transaction, that goes on as long as the rest of it.
    ///
    /// - Parameters:
    ///   - command: The statement.
    ///   - limit: How long each of the two answers is waited for at most.
    /// - Returns: What the statement returned.
    /// - Throws: ``PostgresError``: what the statement failed with, the second time if there was one.
    func runTwice(_ command: PostgresCommand, within limit: Duration) throws -> PostgresResult {
        guard case .operation = scope, isUnbegun else { return try run([command])[0] }
        do {
            // A command that returned has a result.
            return try handle.withAnswer(within: limit) { try run([command])[0] }
        } catch let error as PostgresError where error.isFatal {
            let further = try reconnect()
            let (results, failure) = try further.withAnswer(within: limit) { try further.run([command]) }
            guard let result = results.first else { throw failure ?? error }
            haveCommitted()
            return result
        }
    }
}
