/// A state adapter that can say how its database is, for tools and for the health checks of a service.
public protocol DiagnosableStateAdapter: StateAdapter {
    /// Makes the queue's tables, or brings them up to date.
    ///
    /// - Returns: The steps that were applied, by name.
    /// - Throws: An error of the database; then nothing is changed.
    func migrate() async throws -> [String]

    /// Finds out which steps ``migrate()`` would apply, and writes nothing.
    ///
    /// - Returns: What was applied and what is missing.
    /// - Throws: An error of the database.
    func migrationStatus() async throws -> MigrationStatus

    /// Reads the time of day that decides when jobs are due.
    ///
    /// - Returns: The time.
    /// - Throws: An error of the database.
    func databaseTime() async throws -> Timestamp

    /// Looks for what is wrong with the database or the queue's tables, or soon will be, and writes nothing.
    ///
    /// The jobs themselves are not looked at.
    ///
    /// - Parameter options: What to look at, and what counts as too long.
    /// - Returns: What was measured and what was found.
    /// - Throws: An error of the database. What only a part of the checks could not find out is a finding of its own.
    func diagnose(_ options: DiagnosisOptions) async throws -> Diagnosis
}

/// What a diagnosis looks at.
public struct DiagnosisOptions: Sendable, Hashable {
    /// For how long something may go on that should end soon, such as a transaction.
    public var patience: Duration
    /// Whether the database's own checks of its pages and references run, which read all of it.
    public var checksIntegrity: Bool

    /// Makes options.
    ///
    /// - Parameters:
    ///   - patience: For how long something may go on that should end soon; five minutes by default.
    ///   - checksIntegrity: Whether the database's own checks of its pages and references run; yes by default.
    public init(patience: Duration = .seconds(300), checksIntegrity: Bool = true) {
        self.patience = patience
        self.checksIntegrity = checksIntegrity
    }
}
