/// The text of a statement, and whether it is prepared.
///
/// An object, so that a connection finds its prepared statement by identity: hashing a long text costs more than some of the
/// statements.
package final class PostgresQuery: Sendable {
    package let text: String
    /// Whether it is worth to be prepared.
    let isPrepared: Bool

    init(_ text: String, isPrepared: Bool = true) {
        self.text = text
        self.isPrepared = isPrepared
    }
}
