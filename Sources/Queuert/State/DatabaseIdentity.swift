/// Which database a state adapter keeps chains in, and under which names, as far as that is known.
///
/// One database may be reached in several ways, by several names of a host for instance. So where it is reached tells it from no
/// other.
public struct DatabaseIdentity: Sendable, Hashable, CustomStringConvertible {
    /// Which kind of database, such as `sqlite`.
    public var system: String
    /// Which of them; `nil` if that isn't known.
    public var database: String?
    /// What the names of the queue's tables begin with.
    public var tables: String
    /// The name or address of the server's host; `nil` if it is in this process, on this machine's own socket, or not known.
    public var address: String?
    /// The server's port, if that is said.
    public var port: Int?

    /// Makes an identity.
    ///
    /// - Parameters:
    ///   - system: Which kind of database, such as `sqlite`.
    ///   - database: Which of them; `nil` if that isn't known.
    ///   - tables: What the names of the queue's tables begin with.
    ///   - address: The name or address of the server's host.
    ///   - port: The server's port.
    public init(system: String, database: String?, tables: String, address: String? = nil, port: Int? = nil) {
        self.system = system
        self.database = database
        self.tables = tables
        self.address = address
        self.port = port
    }

    /// Whether it is certain that the tables are not those of another identity, wherever both are reached.
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
