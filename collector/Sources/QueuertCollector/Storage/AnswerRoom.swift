/// The room that an answer has for spans, log records or points: there is a limit of their number, but each may be as
/// large as a request.
struct AnswerRoom {
    /// How many bytes an answer holds, about: what goes beyond them is its last.
    static let bytes = 64 << 20

    /// There is no room for more: ends a query that has more.
    struct Full: Error {}

    private var left: Int

    /// Makes room.
    ///
    /// - Parameter bytes: How many bytes.
    init(_ bytes: Int) { left = bytes }

    /// Whether there is room for more.
    var isLeft: Bool { left > 0 }

    /// Takes some of it.
    ///
    /// - Parameter count: How many bytes.
    mutating func take(_ count: Int) { left -= count }
}
