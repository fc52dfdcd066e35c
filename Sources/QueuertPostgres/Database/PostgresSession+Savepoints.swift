/// Parts of the open transaction that may be undone by themselves.
extension PostgresSession {
    func setSavepoint(_ name: String) throws {
        try checkThatTransactionGoesOn()
        pending.append(PostgresCommand(query: PostgresQuery("SAVEPOINT \(name)", isPrepared: false)))
    }

    func releaseSavepoint(_ name: String) throws {
        try checkThatTransactionGoesOn()
        // What was left for later inside it is sent, and with it the savepoint that it may be undone to.
        if pending.last?.query.text == "SAVEPOINT \(name)", forget(savepoint: name) { return }
        pending.append(PostgresCommand(query: PostgresQuery("RELEASE \(name)", isPrepared: false)))
    }

    func rollBack(toSavepoint name: String) throws {
        if forget(savepoint: name) { return }
        // What was to go with the next statement belongs to the part that is undone.
        pending = []
        _ = try send(PostgresCommand(query: PostgresQuery("ROLLBACK TO \(name)", isPrepared: false)))
        transactionFailure = nil
        pending.append(PostgresCommand(query: PostgresQuery("RELEASE \(name)", isPrepared: false)))
    }

    /// Drops a savepoint, and those inside it, that the server has not heard of.
    private func forget(savepoint name: String) -> Bool {
        guard let index = pending.firstIndex(where: { $0.query.text == "SAVEPOINT \(name)" }) else { return false }
        pending.removeSubrange(index...)
        return true
    }

    private func checkThatTransactionGoesOn() throws {
        if let transactionFailure { throw transactionFailure }
    }

    /// Undoes what the body wrote if it throws, though the transaction goes on.
    ///
    /// If it is all of its transaction so far, it is run again when it conflicts with another one.
    func whole<R>(_ body: () throws -> R) throws -> R {
        guard isUnbegun else { return try part(body) }
        let beginning = pending
        var attempts = 1
        while true {
            do {
                return try part(body)
            } catch let error as PostgresError where error.isTransient && attempts < 10 {
                attempts += 1
                beginAnew(with: beginning)
            }
        }
    }

    /// Runs one of the queue's statements, of which nothing is left if it fails, though the transaction goes on.
    func runApart(_ query: PostgresQuery, _ parameters: PostgresParameters) throws -> PostgresResult {
        if commitsEachStatement { return try run(query, parameters) }
        return try whole { try run(query, parameters) }
    }

    private func part<R>(_ body: () throws -> R) throws -> R {
        beginForSeveralStatements()
        try setSavepoint("queuert_statement")
        do {
            let value = try body()
            try releaseSavepoint("queuert_statement")
            return value
        } catch {
            // If the connection is lost, there is no savepoint; the first error counts.
            try? rollBack(toSavepoint: "queuert_statement")
            throw error
        }
    }
}
