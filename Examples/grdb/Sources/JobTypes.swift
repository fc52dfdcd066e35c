import Queuert

/// A book that was ordered, and is to be packed and sent.
enum PackBook: EntryJobType {
    static let name = "pack-book"
    struct Input: Codable, Sendable { var orderID: Int64 }
    /// What the reader is told in the end.
    typealias Output = String
    struct Next: Continuations { let receipt = To<SendReceipt>() }
}

enum SendReceipt: JobType {
    static let name = "send-receipt"
    struct Input: Codable, Sendable {
        var reader: String
        var title: String
    }
    typealias Output = String
}
