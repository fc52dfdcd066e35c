import Queuert
import QueuertSQLite

// Branched: a parcel comes back. The first job decides which job follows, or that none does. Whichever job ends the chain,
// the chain's output is the same type.

/// How a return ends.
enum ReturnOutcome: Codable, Sendable, Equatable {
    case refunded(cents: Int)
    case replaced(item: Int)
    case refused(reason: String)
}

enum CheckReturn: EntryJobType {
    static let name = "check-return"
    struct Input: Codable, Sendable {
        var item: Int
        var cents: Int
        var isDamaged: Bool
        var daysAgo: Int
    }
    typealias Output = ReturnOutcome
    struct Next: Continuations {
        let refund = To<Refund>()
        let replace = To<Replace>()
    }
}
enum Refund: JobType {
    static let name = "refund"
    struct Input: Codable, Sendable {
        var item: Int
        var cents: Int
    }
    typealias Output = ReturnOutcome
}
enum Replace: JobType {
    static let name = "replace"
    typealias Input = Int
    typealias Output = ReturnOutcome
}

enum Returns {
    static let processors: [Processor<SQLiteStateAdapter>] = [
        .detached(CheckReturn.self) { job in
            if job.input.daysAgo > 30 {
                return .finish(.refused(reason: "it was bought \(job.input.daysAgo) days ago"))
            }
            if job.input.isDamaged { return .continueWith(\.replace, input: job.input.item) }
            return .continueWith(\.refund, input: .init(item: job.input.item, cents: job.input.cents))
        },
        .atomic(Refund.self) { job, db in
            try db.execute("INSERT INTO payments (item, cents) VALUES (?, ?)", [job.input.item, -job.input.cents])
            return .finish(.refunded(cents: job.input.cents))
        },
        .detached(Replace.self) { job in .finish(.replaced(item: job.input)) },
    ]
}

extension ReturnOutcome {
    var sentence: String {
        switch self {
        case .refunded(let cents): "the buyer gets back \(cents) cents"
        case .replaced(let item): "item \(item) is sent again"
        case .refused(let reason): "the return is refused, as \(reason)"
        }
    }
}
