internal import Queuert

/// The part of a chain that shares one trace, as it is stored in `trace_segment`.
struct TraceSegment: Hashable {
    /// How many segments came before it on the way from the chain's start.
    let number: Int
    /// When it began.
    let start: Timestamp
    /// The place in the chain of its first job; negative if that is a job of an earlier chain of what recurs.
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
    ///
    /// What begins with a chain is stored as less: see ``storedAtBeginning``.
    init?(stored: String) {
        let text = stored.utf8.span
        var position = 0
        let separator = UInt8(ascii: ";")
        guard let number = text.number(from: &position, until: separator), number >= 0,
            let start = text.number(from: &position, until: separator),
            let first = text.number(from: &position, until: separator),
            !text.contains(separator, from: position)
        else { return nil }
        self.init(number: Int(number), start: Timestamp(microseconds: start), firstIndex: Int(first))
        readMode(text, from: position)
    }

    /// Reads a mode; one that only a later version knows costs the mode, not the segment.
    private mutating func readMode(_ text: Span<UInt8>, from position: Int) {
        let isOfCall = position < text.count && text[position] == UInt8(ascii: "!")
        guard let mode = TraceMode(stored: text, from: isOfCall ? position + 1 : position) else { return }
        self.mode = mode
        isModeOfCall = isOfCall
    }

    /// The segment of a job: what is stored with it, else one that began with it.
    init(of row: JobRow) { self.init(of: row, row.trace) }

    /// The segment of a job of which it is known what is stored with it.
    init(of row: JobRow, _ trace: JobTraceColumns) {
        if let stored = trace.segment {
            if let segment = TraceSegment(stored: stored) {
                self = segment
                return
            }
            self.init(number: 0, start: row.createdAt, firstIndex: row.chainIndex)
            readMode(stored.utf8.span, from: 0)
        } else {
            self.init(number: 0, start: row.createdAt, firstIndex: row.chainIndex)
            // Where there is no context either, whoever wrote the job had nothing to say about traces.
            if trace.jobContext != nil { mode = .plainBounded }
        }
    }

    var stored: String {
        // Three numbers, three separators, a mark and a mode.
        StoredText.make(capacity: 64 + TraceMode.storedCapacity) { text in
            let separator = UInt8(ascii: ";")
            text.append(Int64(number))
            text.append(separator)
            text.append(start.microseconds)
            text.append(separator)
            text.append(Int64(firstIndex))
            guard mode != nil else { return }
            text.append(separator)
            writeMode(to: &text)
        }
    }

    /// What is stored with the job that the first segment begins with: the mode alone, and nothing for the default one, since
    /// most jobs are such, and each byte is written with the job, its claim and its end.
    var storedAtBeginning: String? {
        if mode == .plainBounded && !isModeOfCall { return nil }
        return StoredText.make(capacity: 1 + TraceMode.storedCapacity) { writeMode(to: &$0) }
    }

    private func writeMode(to text: inout StoredText) {
        if isModeOfCall { text.append(UInt8(ascii: "!")) }
        mode?.write(to: &text)
    }

    /// Whether a job at this place of the chain, created or attempted at this moment, belongs to a new segment.
    func isOver(at moment: Timestamp, chainIndex: Int, mode: TraceMode) -> Bool {
        guard case .bounded(let window, let jobs) = mode.form else { return false }
        return moment - start > window || chainIndex.minus(firstIndex) >= jobs
    }

    func next(start: Timestamp, firstIndex: Int) -> TraceSegment {
        TraceSegment(
            number: number == .max ? .max : number + 1, start: start, firstIndex: firstIndex, mode: mode,
            isModeOfCall: isModeOfCall)
    }

    /// The same segment as seen from a chain that recurs after a job at this place of its own chain: it counts on.
    func counted(afterJobAt chainIndex: Int) -> TraceSegment {
        TraceSegment(
            number: number, start: start, firstIndex: firstIndex.minus(chainIndex).minus(1), mode: mode,
            isModeOfCall: isModeOfCall)
    }

    /// The same segment, left by a mode.
    func with(mode: TraceMode, ofCall isModeOfCall: Bool) -> TraceSegment {
        TraceSegment(number: number, start: start, firstIndex: firstIndex, mode: mode, isModeOfCall: isModeOfCall)
    }
}

extension Int {
    /// The difference, cut if it doesn't fit: what is stored may be any number.
    fileprivate func minus(_ other: Int) -> Int {
        let (difference, isTooFar) = subtractingReportingOverflow(other)
        return isTooFar ? (self < 0 ? .min : .max) : difference
    }
}

/// Reading what is stored with a job is part of every attempt, and makes no text and no array.
extension Span<UInt8> {
    /// Reads a whole number that ends before a separator, or with the text, and goes on behind the separator.
    func number(from position: inout Int, until separator: UInt8) -> Int64? {
        let isNegative = position < count && self[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var magnitude: Int64 = 0
        let start = position
        while position < count, self[position] != separator {
            let digit = self[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (shifted, isTooLarge) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, isSumTooLarge) = shifted.addingReportingOverflow(Int64(digit))
            if isTooLarge || isSumTooLarge { return nil }
            magnitude = sum
            position += 1
        }
        if position == start { return nil }
        if position < count { position += 1 }
        return isNegative ? -magnitude : magnitude
    }

    /// Whether a byte is found from a position on.
    func contains(_ byte: UInt8, from start: Int) -> Bool {
        var position = start
        while position < count {
            if self[position] == byte { return true }
            position += 1
        }
        return false
    }

    /// Whether some bytes stand at a position.
    func hasBytes(_ bytes: [UInt8], at start: Int) -> Bool {
        guard count - start >= bytes.count else { return false }
        for index in bytes.indices where self[start + index] != bytes[index] { return false }
        return true
    }
}
