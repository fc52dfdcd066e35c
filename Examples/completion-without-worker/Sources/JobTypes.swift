import Queuert

/// How an expense ends.
enum ExpenseOutcome: Codable, Sendable, Equatable {
    case paid(cents: Int, approvedBy: String)
    case refused(by: String)
    case nobodyAnswered
}

/// A person's job: it is completed by whoever approves or refuses.
///
/// A worker runs it only when the deadline is over.
enum ApproveExpense: EntryJobType {
    static let name = "approve-expense"
    struct Input: Codable, Sendable {
        var employee: String
        var cents: Int
    }
    typealias Output = ExpenseOutcome
    struct Next: Continuations { let pay = To<PayExpense>() }
}

enum PayExpense: JobType {
    static let name = "pay-expense"
    struct Input: Codable, Sendable {
        var employee: String
        var cents: Int
        var approvedBy: String
    }
    typealias Output = ExpenseOutcome
}
