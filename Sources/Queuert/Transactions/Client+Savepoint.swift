extension Client {
    /// Runs a part of a transaction that can fail on its own.
    ///
    /// What the part wrote is undone when its body throws, and so is what waits for the commit: chains that it started
    /// don't exist, their workers aren't woken and their spans tell of the rollback. The transaction goes on.
    ///
    /// ```swift
    /// try await client.withTransaction { db in
    ///     try db.execute("INSERT INTO orders (id) VALUES (?)", [order.id])
    ///     do {
    ///         try await client.withSavepoint(on: db) {
    ///             try db.execute("UPDATE stock SET count = count - 1 WHERE id = ?", [order.item])
    ///             try await client.startJobChain(Ship.self, input: order, on: db)
    ///         }
    ///     } catch is OutOfStock {
    ///         try await client.startJobChain(Reorder.self, input: order, on: db)
    ///     }
    /// }
    /// ```
    ///
    /// Savepoints may be inside one another. Two of one transaction must not run at the same time.
    ///
    /// - Parameters:
    ///   - connection: The connection whose transaction is open.
    ///   - body: The part.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``TransactionRequiredError``, ``OverlappingSavepointsError``, or an error of the
    ///   database.
    public func withSavepoint<R>(
        on connection: isolated Adapter.Connection, _ body: () async throws -> R
    ) async throws -> R {
        let effects = try connection.openEffects
        let number = effects.beginSavepoint()
        do {
            try connection.setSavepoint(number)
        } catch {
            effects.releaseSavepoint()
            throw error
        }
        do {
            let value = try await body()
            guard effects.place(ofSavepoint: number) == .innermost else { throw OverlappingSavepointsError() }
            try connection.releaseSavepoint(number)
            effects.releaseSavepoint()
            return value
        } catch {
            if effects.place(ofSavepoint: number) != .gone {
                // If this fails, the database has undone the whole transaction: the body's error says why.
                try? connection.rollBack(toSavepoint: number)
                effects.rollBack(toSavepoint: number)
            }
            throw error
        }
    }
}

extension StateConnection {
    /// The effects of the open transaction.
    ///
    /// - Throws: ``TransactionRequiredError`` if none is open that may write.
    var openEffects: TransactionEffects {
        get throws {
            guard let effects else { throw TransactionRequiredError() }
            return effects
        }
    }
}
