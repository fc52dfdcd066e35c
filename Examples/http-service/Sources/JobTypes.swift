import Foundation
import Queuert

/// How an order ends.
enum OrderOutcome: Codable, Sendable, Equatable {
    case confirmed(receipt: String)
    case declined
    case soldOut
    /// The payment service doesn't take the request itself, and wouldn't if it were sent again: a person has to look.
    case refused(status: Int)
}

/// Takes the goods of an order from the stock.
enum ReserveStock: EntryJobType {
    static let name = "reserve-stock"
    /// The order.
    typealias Input = UUID
    typealias Output = OrderOutcome
    struct Next: Continuations { let charge = To<ChargePayment>() }
}
/// Asks the payment service for the money.
enum ChargePayment: JobType {
    static let name = "charge-payment"
    typealias Input = UUID
    typealias Output = OrderOutcome
    struct Next: Continuations { let confirm = To<SendConfirmation>() }
}
/// Tells the customer.
enum SendConfirmation: JobType {
    static let name = "send-confirmation"
    struct Input: Codable, Sendable {
        var order: UUID
        var receipt: String
    }
    typealias Output = OrderOutcome
}
