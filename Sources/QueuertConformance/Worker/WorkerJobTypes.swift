import Queuert

/// A chain of one job.
enum Echo: EntryJobType {
    static let name = "echo"
    typealias Input = String
    typealias Output = String
}

/// Another chain of one job; to start one is also a write of the user's in a handler's transaction.
enum Count: EntryJobType {
    static let name = "count"
    typealias Input = Int
    typealias Output = Int
}

/// A chain of two or more jobs.
enum Begin: EntryJobType {
    static let name = "begin"
    typealias Input = Int
    typealias Output = String
    struct Next: Continuations {
        let again = To<Begin>()
        let end = To<End>()
        let gather = To<GatherNext>()
    }
}

/// The end of ``Begin``.
enum End: JobType {
    static let name = "end"
    struct Input: Codable, Sendable, Equatable { var number: Int; var text: String }
    typealias Output = String
}

/// An end of ``Begin`` that waits for chains.
enum GatherNext: JobType {
    static let name = "gather-next"
    typealias Input = Int
    typealias Output = String
    typealias Blockers = BlockedByAll<Count>
}

/// Waits for two chains of different types.
enum Pair: EntryJobType {
    static let name = "pair"
    typealias Input = String
    typealias Output = String
    typealias Blockers = Blocked<Count, Echo>
}

/// Waits for any number of chains.
enum Gather: EntryJobType {
    static let name = "gather"
    typealias Input = String
    typealias Output = [Int]
    typealias Blockers = BlockedByAll<Count>
}

/// What a handler fails with.
struct HandlerFailure: Error, CustomStringConvertible {
    var text = "it didn't work"
    var description: String { text }
}
