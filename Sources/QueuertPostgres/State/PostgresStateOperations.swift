public import Queuert

/// The queue's statements on a PostgreSQL connection.
///
/// Each is one call of a function in the database, and so one round trip, or a few where that is rare.
public struct PostgresStateOperations: StateOperations {
    private let open: Result<PostgresSession, any Error>
    let statements: PostgresStatements
    let bounds: ClaimBounds
    private let clock: (any QueueClock)?
    /// How far lists look; tests have them look less far.
    package var listReach = ListReach()

    init(
        session: Result<PostgresSession, any Error>, statements: PostgresStatements, bounds: ClaimBounds,
        clock: (any QueueClock)?
    ) {
        open = session
        self.statements = statements
        self.bounds = bounds
        self.clock = clock
    }

    /// Fails when the connection was closed meanwhile, or is somebody else's.
    var session: PostgresSession { get throws { try open.get() } }

    var idType: PostgresIDType { statements.tables.idType }

    /// Parameters that begin with the time, which is the server's unless a test has its own.
    func parametersWithTime() -> PostgresParameters {
        var parameters = PostgresParameters()
        if let clock { parameters.add(clock.now) } else { parameters.addNull(.time) }
        return parameters
    }
}
