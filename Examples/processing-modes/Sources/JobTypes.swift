import Queuert

/// A photo gets points: only rows of our own.
enum LikePhoto: EntryJobType {
    static let name = "like-photo"
    typealias Input = Int
    typealias Output = Int
}
/// A print is ordered: rows of our own, and a call that costs money.
enum PrintPhoto: EntryJobType {
    static let name = "print-photo"
    typealias Input = Int
    typealias Output = String
}
/// Colours are counted: no rows at all.
enum FindColour: EntryJobType {
    static let name = "find-colour"
    typealias Input = [Int]
    typealias Output = Int
}
/// A place gets its name, from a service that takes many at once.
enum NamePlace: EntryJobType {
    static let name = "name-place"
    typealias Input = String
    typealias Output = String
}
