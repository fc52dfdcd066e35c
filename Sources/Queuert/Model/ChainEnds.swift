/// The first and the last job of a chain.
public struct ChainEnds: Sendable, Hashable {
    /// The job that the chain started with.
    public var first: JobRow
    /// The job that has no successor.
    public var last: JobRow

    /// Makes the ends of a chain.
    ///
    /// - Parameters:
    ///   - first: The job that the chain started with.
    ///   - last: The job that has no successor.
    public init(first: JobRow, last: JobRow) {
        self.first = first
        self.last = last
    }
}
