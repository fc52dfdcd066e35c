import Billing
package import Queuert

/// Takes an order, has the invoice written by the other module, and ships when that has been done.
package enum PlaceOrder: EntryJobType {
    package static let name = "place-order"
    package struct Input: Codable, Sendable {
        package var order: Int
        package var cents: Int

        package init(order: Int, cents: Int) {
            self.order = order
            self.cents = cents
        }
    }
    package typealias Output = String
    package typealias Ending = NeverEnds
    package struct Next: Continuations {
        let ship = To<ShipOrder>()
        package init() {}
    }
}

enum ShipOrder: JobType {
    static let name = "ship-order"
    typealias Input = Int
    typealias Output = String
    /// A chain of the other module: only its first type has to be known here.
    typealias Blockers = Blocked<IssueInvoice>
}
