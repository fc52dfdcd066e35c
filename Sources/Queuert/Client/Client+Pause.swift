extension Client {
    /// Pauses a type of job in all processes.
    ///
    /// No worker claims one until ``resume(_:)``. What workers have claimed ahead they give back as soon as they are told, and
    /// that doesn't count as an attempt. Handlers that run go on.
    ///
    /// - Parameter type: The type.
    /// - Throws: ``NestedTransactionError`` in a transaction, or an error of the database.
    public func pause<Kind: JobType>(_ type: Kind.Type) async throws {
        try await adapter.withTransaction { try await pause(Kind.self, on: $0) }
    }

    /// Pauses a type of job in all processes, as part of the caller's transaction.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Throws: ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of the
    ///   database.
    public func pause<Kind: JobType>(_ type: Kind.Type, on connection: isolated Adapter.Connection) async throws {
        try setPaused(Kind.name, to: true, with: adapter.operations(on: connection), effects: connection.openEffects)
    }

    /// Lets workers claim jobs of a type again.
    ///
    /// - Parameter type: The type.
    /// - Throws: ``NestedTransactionError`` in a transaction, or an error of the database.
    public func resume<Kind: JobType>(_ type: Kind.Type) async throws {
        try await adapter.withTransaction { try await resume(Kind.self, on: $0) }
    }

    /// Lets workers claim jobs of a type again, once the caller's transaction is committed.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Throws: ``TransactionRequiredError`` if the connection has no transaction open that may write, or an error of the
    ///   database.
    public func resume<Kind: JobType>(_ type: Kind.Type, on connection: isolated Adapter.Connection) async throws {
        try setPaused(Kind.name, to: false, with: adapter.operations(on: connection), effects: connection.openEffects)
    }

    /// Pauses or resumes a type, for whoever has the database's statements at hand without an actor.
    package func setPaused(
        _ typeName: String, to isPaused: Bool, with operations: Adapter.Operations, effects: TransactionEffects
    ) throws {
        try operations.setPaused([typeName], to: isPaused)
        // Workers look what there is to claim, and whether what they have claimed is paused.
        effects.wake(WakeHint(dueTypes: [typeName]), through: hintTarget)
    }

    /// Finds the types of jobs that are paused.
    ///
    /// - Returns: The types' names and since when they are paused.
    /// - Throws: An error of the database.
    public func pausedTypes() async throws -> [String: Timestamp] {
        try await adapter.withReadConnection { try adapter.operations(on: $0).pausedTypes() }
    }
}
