package import Queuert

/// Writes an invoice, and sends it.
package enum IssueInvoice: EntryJobType {
    package static let name = "issue-invoice"
    package struct Input: Codable, Sendable {
        package var order: Int
        package var cents: Int

        package init(order: Int, cents: Int) {
            self.order = order
            self.cents = cents
        }
    }
    /// The invoice's number.
    package typealias Output = Int
    package typealias Ending = NeverEnds
    package struct Next: Continuations {
        let send = To<SendInvoice>()
        package init() {}
    }
}

/// Nobody outside of this module can start this job or continue with it: they can't name it.
enum SendInvoice: JobType {
    static let name = "send-invoice"
    typealias Input = Int
    typealias Output = Int
}
