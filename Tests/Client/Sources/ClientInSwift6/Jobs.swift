import Queuert

/// A chain of three jobs, one for each mode of processing, and one that waits for two chains.
enum Measure: EntryJobType {
    typealias Ending = NeverEnds
    static let name = "measure"
    struct Input: Codable, Sendable { var text: String }
    typealias Output = Int
    struct Next: Continuations { let double = To<Double>() }
}
enum Double: JobType {
    typealias Ending = NeverEnds
    static let name = "double"
    typealias Input = Int
    typealias Output = Int
    struct Next: Continuations { let store = To<Store>() }
}
enum Store: JobType {
    static let name = "store"
    typealias Input = Int
    typealias Output = Int
}
enum Add: EntryJobType {
    static let name = "add"
    struct Input: Codable, Sendable {}
    typealias Output = Int
    typealias Blockers = Blocked<Measure, Measure>
}
