import Queuert
import Synchronization

/// The bank, which behaves as the card says.
actor Bank {
    /// What the bank answers.
    enum Answer { case paid, declined }
    /// The bank doesn't answer.
    struct Unavailable: Error {}
    /// The bank asks to come back later.
    struct Maintenance: Error { let duration: Duration }

    private var calls: [JobID: Int] = [:]
    private(set) var payments: Set<JobID> = []

    /// Charges a card once for a key, however often it is called.
    func charge(_ card: String, key: JobID) throws -> Answer {
        calls[key, default: 0] += 1
        let isFirst = calls[key] == 1
        switch card {
        case "often unavailable" where calls[key, default: 0] <= 2: throw Unavailable()
        case "in maintenance" where isFirst: throw Maintenance(duration: .milliseconds(20))
        case "without money": return .declined
        default:
            payments.insert(key)
            return .paid
        }
    }
}

/// The printer, which fails as long as it has no paper.
final class TicketPrinter: Sendable {
    struct OutOfPaper: Error, Equatable {}
    private let hasPaper = Mutex(true)

    func takePaper() { hasPaper.withLock { $0 = false } }
    func addPaper() { hasPaper.withLock { $0 = true } }
    func print(seat: Int) throws { guard hasPaper.withLock({ $0 }) else { throw OutOfPaper() } }
}
