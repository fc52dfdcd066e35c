internal import Queuert

/// The part of a chain that shares one trace, as it is stored in `trace_segment`.
struct TraceSegment: Hashable {
    /// How many segments came before it on the way from the chain's start.
    let number: Int
    /// When it began.
    let start: Timestamp
    /// The place in the chain of its first job.
    let firstIndex: Int
    /// By what the chain leaves it; `nil` where it was written without a mode.
    var mode: TraceMode?
    /// Whether a call gave the mode, which then holds for the jobs that follow, whatever their types' modes are.
    var isModeOfCall = false

    init(number: Int, start: Timestamp, firstIndex: Int, mode: TraceMode? = nil, isModeOfCall: Bool = false) {
        self.number = number
        self.start = start
        self.firstIndex = firstIndex
        self.mode = mode
        self.isModeOfCall = isModeOfCall
    }

    /// Reads `number;start;firstIndex;mode`, where the start is in microseconds since 1970 and a call's mode has a `!` in
    /// front.
    init?(stored: String) {
        var rest = stored[...]
        guard let number = Int(rest.takeField(before: UInt8(ascii: ";"))), number >= 0,
            let start = Int64(rest.takeField(before: UInt8(ascii: ";"))),
            let first = Int(rest.takeField(before: UInt8(ascii: ";"))), first >= 0,
            !rest.utf8.contains(UInt8(ascii: ";"))
        else { return nil }
        self.init(number: number, start: Timestamp(microseconds: start), firstIndex: first)
        // A mode that only a later version knows costs the mode, not the segment.
        let isOfCall = rest.utf8.first == UInt8(ascii: "!")
        guard let mode = TraceMode(stored: isOfCall ? rest.dropFirst() : rest) else { return }
        self.mode = mode
        isModeOfCall = isOfCall
    }

    /// The segment of a job: what is stored with it, else one that began with it.
    init(of row: JobRow) {
        self =
            row.trace.segment.flatMap(TraceSegment.init(stored:))
            ?? TraceSegment(number: 0, start: row.createdAt, firstIndex: row.chainIndex)
    }

    var stored: String {
        let place = "\(number);\(start.microseconds);\(firstIndex)"
        return mode.map { "\(place);\(isModeOfCall ? "!" : "")\($0.stored)" } ?? place
    }

    /// Whether a job at this place of the chain, created or attempted at this moment, belongs to a new segment.
    func isOver(at moment: Timestamp, chainIndex: Int, mode: TraceMode) -> Bool {
        guard case .bounded(let window, let jobs) = mode.form else { return false }
        return moment - start > window || chainIndex - firstIndex >= jobs
    }

    func next(start: Timestamp, firstIndex: Int) -> TraceSegment {
        TraceSegment(
            number: number + 1, start: start, firstIndex: firstIndex, mode: mode, isModeOfCall: isModeOfCall)
    }

    /// The same segment, left by a mode.
    func with(mode: TraceMode, ofCall isModeOfCall: Bool) -> TraceSegment {
        TraceSegment(number: number, start: start, firstIndex: firstIndex, mode: mode, isModeOfCall: isModeOfCall)
    }
}

extension Substring {
    /// Takes off what comes before a separator, and the separator; everything, if there is none.
    ///
    /// Reading what is stored with a job is part of every attempt: this makes no array.
    mutating func takeField(before separator: UInt8) -> Substring {
        let end = utf8.firstIndex(of: separator) ?? endIndex
        let field = self[..<end]
        self = end == endIndex ? self[end...] : self[utf8.index(after: end)...]
        return field
    }
}
