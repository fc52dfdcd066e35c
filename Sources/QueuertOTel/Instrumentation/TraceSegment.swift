internal import Queuert

/// The part of a chain that shares one trace, as it is stored in `trace_segment`.
struct TraceSegment: Hashable {
    /// The segment's number, from zero.
    let number: Int
    /// When it began.
    let start: Timestamp
    /// The place in the chain of its first job.
    let firstIndex: Int

    init(number: Int, start: Timestamp, firstIndex: Int) {
        self.number = number
        self.start = start
        self.firstIndex = firstIndex
    }

    /// Reads `number;start;firstIndex`, where the start is in microseconds since 1970.
    init?(stored: String) {
        let parts = stored.split(separator: ";", omittingEmptySubsequences: false)
        guard parts.count == 3, let number = Int(parts[0]), let start = Int64(parts[1]), let first = Int(parts[2]),
            number >= 0, first >= 0
        else { return nil }
        self.init(number: number, start: Timestamp(microseconds: start), firstIndex: first)
    }

    var stored: String { "\(number);\(start.microseconds);\(firstIndex)" }

    /// Whether a job at this place of the chain, created or attempted at this moment, belongs to a new segment.
    func isOver(at moment: Timestamp, chainIndex: Int, mode: TraceMode) -> Bool {
        guard case .bounded(let window, let jobs) = mode.form else { return false }
        return moment - start > window || chainIndex - firstIndex >= jobs
    }

    func next(start: Timestamp, firstIndex: Int) -> TraceSegment {
        TraceSegment(number: number + 1, start: start, firstIndex: firstIndex)
    }
}
