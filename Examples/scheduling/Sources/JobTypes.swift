import Queuert

/// Reminds a customer of a cart that was left.
enum RemindOfCart: EntryJobType {
    static let name = "remind-of-cart"
    struct Input: Codable, Sendable {
        var customer: String
        var leftAt: Timestamp
    }
    typealias Output = String
    struct Next: Continuations { let askAgain = To<RemindOfCart>() }
}
/// Sends an order to the warehouse.
enum SendOrder: EntryJobType {
    static let name = "send-order"
    typealias Input = String
    typealias Output = String
}
/// Asks the supplier for what is in stock; there is one such account, and asking twice at a time is no use.
enum SyncStock: EntryJobType {
    static let name = "sync-stock"
    typealias Input = Int
    typealias Output = String
}
