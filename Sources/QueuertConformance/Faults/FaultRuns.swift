import Queuert

/// Errors that come in runs, as while a database restarts: some transactions go well, then some fail.
struct FaultRuns: Sendable {
    /// How a transaction fails.
    ///
    /// A read fails, whichever it is.
    enum Fault: Sendable, CaseIterable {
        /// It does not begin.
        case begin
        /// Its first statement fails.
        case statement
        /// It is rolled back at its end.
        case commit
        /// It is committed, but nobody is told.
        case reply
    }
    private var random: FastRandom
    private var isFailing = true
    private var left = 0

    init(seed: UInt64) { random = FastRandom(seed: seed) }

    /// What becomes of the next transaction or read; `nil` if it goes well.
    mutating func next() -> Fault? {
        while left == 0 {
            isFailing.toggle()
            left = isFailing ? .random(in: 1...20, using: &random) : .random(in: 4...15, using: &random)
        }
        left -= 1
        return isFailing ? Fault.allCases.randomElement(using: &random) : nil
    }
}
