/// What traces are found by, as the index holds it: traces whose numbers follow each other, as those of one request do, share a
/// row, since most of what they are found by is the same.
struct TermRanges {
    /// A row of the index.
    struct Row: Equatable {
        let hash: Int64
        /// The first trace that it leads to.
        let trace: Int64
        /// How many more it leads to, with the numbers that follow.
        var more: Int64 = 0
    }

    /// How many more traces a row leads to at most; whoever wants to know what one trace is found by looks at the rows of as
    /// many before it.
    static let limit: Int64 = 63

    /// The rows.
    private(set) var rows: [Row] = []

    /// Adds a term of a trace; those with the same hash come one after the other.
    ///
    /// - Parameters:
    ///   - hash: The term's hash.
    ///   - trace: The number of the trace.
    mutating func add(_ hash: Int64, _ trace: Int64) {
        if let last = rows.last, last.hash == hash, last.trace + last.more + 1 == trace, last.more < Self.limit {
            rows[rows.count - 1].more += 1
        } else {
            rows.append(Row(hash: hash, trace: trace))
        }
    }
}
