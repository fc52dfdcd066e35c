internal import Queuert

extension TraceMode {
    /// What spans call the mode.
    var name: String {
        switch form {
        case .bounded: "bounded"
        case .single: "single"
        case .linked: "linked"
        }
    }

    var isLinked: Bool { form == .linked }

    /// Reads `single`, `linked` or `bounded:window:jobs`, where the window is in microseconds, or `bounded`.
    init?(stored text: Span<UInt8>, from start: Int) {
        if text.hasBytes(Self.singleWord, at: start), text.count == start + Self.singleWord.count {
            self = .single
        } else if text.hasBytes(Self.linkedWord, at: start), text.count == start + Self.linkedWord.count {
            self = .linked
        } else if text.hasBytes(Self.boundedWord, at: start), text.count == start + Self.boundedWord.count {
            self = Self.plainBounded
        } else if text.hasBytes(Self.boundedWord, at: start) {
            var position = start + Self.boundedWord.count + 1
            let separator = UInt8(ascii: ":")
            guard text[position - 1] == separator,
                let window = text.number(from: &position, until: separator), window >= 0,
                let jobs = text.number(from: &position, until: separator), jobs > 0, position == text.count,
                text[position - 1] != separator
            else { return nil }
            self = .bounded(window: .microseconds(window), jobs: Int(jobs))
        } else {
            return nil
        }
    }

    private static let singleWord = Array("single".utf8)
    private static let linkedWord = Array("linked".utf8)
    private static let boundedWord = Array("bounded".utf8)

    /// What `bounded` alone stands for, and nothing beside a context, whatever the default may come to be.
    static let plainBounded = TraceMode.bounded(window: .seconds(900), jobs: 100)

    /// The mode with all that a decision by it needs.
    var stored: String { StoredText.make(capacity: Self.storedCapacity) { write(to: &$0) } }

    /// As many bytes as it takes: a word, and two numbers.
    static let storedCapacity = 64

    func write(to text: inout StoredText) {
        switch form {
        case .single: text.append(Self.singleWord)
        case .linked: text.append(Self.linkedWord)
        case .bounded(let window, let jobs):
            text.append(Self.boundedWord)
            if self == Self.plainBounded { return }
            let (seconds, attoseconds) = window.components
            let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
            let (sum, isSumTooLong) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
            text.append(UInt8(ascii: ":"))
            text.append(isTooLong || isSumTooLong ? .max : sum)
            text.append(UInt8(ascii: ":"))
            text.append(Int64(jobs))
        }
    }
}
