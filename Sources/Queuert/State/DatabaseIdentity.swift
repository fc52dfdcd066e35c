/// Which database a state adapter keeps chains in, and under which names, as far as that is known.
///
/// One database may be reached in several ways, by several names of a host for instance, which are not part of it.
public struct DatabaseIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Which kind of database, such as `sqlite`.
    public var system: String
    /// Which of them; `nil` if that isn't known.
    public var database: String?
    /// What the names of the queue's tables begin with.
    public var tables: String

    /// Makes an identity.
    ///
    /// - Parameters:
    ///   - system: Which kind of database, such as `sqlite`.
    ///   - database: Which of them; `nil` if that isn't known.
    ///   - tables: What the names of the queue's tables begin with.
    public init(system: String, database: String?, tables: String) {
        self.system = system
        self.database = database
        self.tables = tables
    }

    /// Whether it is certain that the tables are not those of another identity.
    ///
    /// - Parameter other: The other identity.
    /// - Returns: Whether something differs that is known of both.
    public func differs(from other: DatabaseIdentity) -> Bool {
        if system != other.system || tables != other.tables { return true }
        guard let database, let theirs = other.database else { return false }
        return database != theirs
    }

    /// The database and the tables, to be read by people.
    public var description: String { "\(system) \(database.map { "\"\($0)\"" } ?? "database"), tables \"\(tables)…\"" }
}
