import Queuert

/// The job types of the trace tests: `first`, `second` and `third` follow each other.
enum First: EntryJobType {
    static let name = "first"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let second = To<Second>() }
}
enum Second: JobType {
    static let name = "second"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let third = To<Third>() }
}
enum Third: JobType {
    static let name = "third"
    typealias Input = Int
    typealias Output = Int
}
enum Single: EntryJobType {
    static let name = "single"
    typealias Input = Int
    typealias Output = Int
}
enum Gather: EntryJobType {
    static let name = "gather"
    typealias Input = Int
    typealias Output = Int
    typealias Blockers = BlockedByAll<Single>
}
/// Goes on until its input is zero.
enum Countdown: EntryJobType {
    static let name = "countdown"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let again = To<Countdown>() }
}

struct Boom: Error {}

extension Processor {
    static var chainOfThree: [Processor<Adapter>] {
        [
            .atomic(First.self) { job, _ in .continueWith(\.second, input: job.input + 1) },
            .atomic(Second.self) { job, _ in .continueWith(\.third, input: job.input + 1) },
            .atomic(Third.self) { job, _ in .finish(job.input + 1) },
        ]
    }
}
