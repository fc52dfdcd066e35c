import Queuert

/// A job that waits for nothing.
enum Leaf: EntryJobType {
    static let name = "leaf"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let leaf = To<Leaf>() }
}

/// A job that waits for chains of leaves.
enum Branch: EntryJobType {
    static let name = "branch"
    typealias Input = Int
    typealias Output = Int
    typealias Blockers = BlockedByAll<Leaf>
    struct Next: Continuations {
        let branch = To<Branch>()
        let leaf = To<Leaf>()
    }
}

/// Numbers jobs, so that a history has the same ones in each mode.
final class CountingJobIDs: JobIDGenerator {
    private let count = Locked(0)

    func makeJobID(at now: Timestamp) -> JobID {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return JobID(rawValue: "job-\(number)")
    }

    func isValid(_ id: JobID) -> Bool { true }
}
