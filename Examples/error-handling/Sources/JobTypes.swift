import Queuert

/// How an order ends.
///
/// A seat that is taken and a card that is declined are outcomes like another, not errors: trying again would change
/// nothing.
enum OrderOutcome: Codable, Sendable, Equatable {
    case sold(seat: Int)
    case taken
    case declined
}

/// What each job of an order is started with.
struct Order: Codable, Sendable {
    var seat: Int
    var card: String
}

enum ReserveSeat: EntryJobType {
    static let name = "reserve-seat"
    typealias Input = Order
    typealias Output = OrderOutcome
    struct Next: Continuations { let charge = To<ChargeCard>() }
}
enum ChargeCard: JobType {
    static let name = "charge-card"
    typealias Input = Order
    typealias Output = OrderOutcome
    typealias Ending = NeverEnds
    struct Next: Continuations {
        let printTicket = To<PrintTicket>()
        let releaseSeat = To<ReleaseSeat>()
    }
}
enum PrintTicket: JobType {
    static let name = "print-ticket"
    typealias Input = Order
    typealias Output = OrderOutcome
}
/// Undoes what `ReserveSeat` did.
enum ReleaseSeat: JobType {
    static let name = "release-seat"
    typealias Input = Order
    typealias Output = OrderOutcome
}
