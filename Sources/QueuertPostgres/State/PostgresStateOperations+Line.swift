internal import Queuert

/// Jobs that get in line, which claims may pass over that begin behind a place: see ``ClaimBounds``.
extension PostgresStateOperations {
    /// Has claims look from the start again, once the transaction is committed.
    ///
    /// - Parameter typeNames: The types of the jobs; `nil` if they are not known.
    /// - Throws: ``PostgresError`` if the connection was closed.
    func forgetPlaces(of typeNames: Set<String>?) throws {
        if typeNames?.isEmpty ?? false { return }
        // Sooner, a claim might look before the jobs can be seen, and the next ones behind a place again.
        if let effects = try session.effects {
            effects.add(onCommit: { [bounds] in bounds.forget(typeNames) })
        } else {
            bounds.forget(typeNames)
        }
    }

    /// Has claims look from the start again for those jobs, of some that were just written, that are before their place.
    func forgetPlaces(behind rows: some Sequence<JobRow>) throws {
        try forgetPlaces(of: bounds.typesBefore(rows))
    }
}
