public import Queuert
import Synchronization

/// Makes identifiers that are no UUIDs: numbers with a prefix and a letter of several bytes, to run the cases with.
public final class NumberedIDs: JobIDGenerator {
    private let last = Atomic(0)

    /// Makes a generator that begins at one.
    public init() {}

    /// Makes an identifier.
    ///
    /// - Parameter now: Not used.
    /// - Returns: The identifier, which sorts after those before it.
    public func makeJobID(at now: Timestamp) -> JobID {
        let number = String(last.add(1, ordering: .relaxed).newValue)
        return JobID(rawValue: "jöb/" + String(repeating: "0", count: max(0, 12 - number.count)) + number)
    }
}
