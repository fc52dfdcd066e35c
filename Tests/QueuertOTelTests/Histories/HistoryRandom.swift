/// Draws what happens in a history: the same for the same seed.
struct HistoryRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// Whether something happens that does in so many of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// A number of a range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// One of several; `nil` if there is none.
    mutating func one<Element>(of elements: [Element]) -> Element? { elements.randomElement(using: &self) }

    /// A time as it passes in a queue: mostly short, sometimes longer than a segment lasts.
    mutating func duration() -> Duration {
        switch number(0...9) {
        case 0: .zero
        case 1...3: .microseconds(number(1...99_999))
        case 4...7: .milliseconds(number(1...9_999))
        case 8: .seconds(number(1...600))
        default: .seconds(number(900...2_000))
        }
    }
}
