internal import Queuert
internal import QueuertOTel

/// Something of an outbox to be logged.
enum OutboxEvent: Hashable {
    /// It can't be used; told once until it can be again.
    case broke(reason: String)
    /// It can be used again.
    case worksAgain(notKept: Int)
    /// Its file was damaged and is out of the way.
    case setAside(newName: String)
}

/// A request that is kept, or several as one.
struct KeptRequest: Sendable {
    let ids: [Int64]
    let request: OTLPRequest
}

/// How much is put together to be sent as one request at most.
struct RequestLimit: Hashable, Sendable {
    /// How many kept requests: transactions keep small ones.
    private(set) var requests = Self.mostRequests
    /// How many bytes; a kept request that has more by itself is sent alone.
    let bytes: Int
    /// How many were refused alone since the receiver took something.
    private var refusedAlone = 0

    private static let mostRequests = 256
    /// A receiver that refuses so many alone refuses all: to try each would take long, and help none.
    private static let mostRefusedAlone = 8

    init(maximumRequestBytes: Int) { bytes = min(1_048_576, maximumRequestBytes) }

    /// How many are read first: a few tell how large they are, so that not much more is read than is sent.
    var firstRead: Int { min(32, requests) }

    /// How many are worth reading if those of the first read have so many bytes.
    func worthReading(firstBytes: Int) -> Int { min(firstRead * bytes / max(firstBytes, 1), requests) }

    /// The receiver took what was put together.
    mutating func taken() {
        refusedAlone = 0
        requests = min(requests * 2, Self.mostRequests)
    }

    /// Whoever answers takes nothing at present: it is asked with a single one, since that is lost.
    ///
    /// - Parameter count: How many kept requests were put together.
    /// - Returns: Whether to try with fewer of them.
    mutating func turnedAway(_ count: Int) -> Bool {
        requests = 1
        return count > 1
    }

    /// The receiver refused what was put together.
    ///
    /// - Parameter count: How many kept requests that were.
    /// - Returns: Whether to try with fewer of them.
    mutating func refused(_ count: Int) -> Bool {
        if count > 1, refusedAlone < Self.mostRefusedAlone {
            requests = count / 2
            return true
        }
        if count == 1 { refusedAlone += 1 }
        if refusedAlone >= Self.mostRefusedAlone { requests = Self.mostRequests }
        return false
    }
}

/// How much is kept.
struct OutboxTotal: Hashable, Sendable {
    var items = 0
    var bytes = 0
}

/// Where an outbox keeps requests: a file, or a table in the queue's database.
///
/// Calls block the thread, which must not be one of Swift's pool.
protocol OutboxStore: Sendable {
    /// Whether this is the one that sends, of all that share the store.
    var isLeader: Bool { get }
    /// Whether transactions of the queue keep their spans there by themselves.
    var isInQueueDatabase: Bool { get }
    /// Which database that is, as far as it is known.
    var databaseIdentity: DatabaseIdentity? { get }

    /// Becomes the one that sends, if nobody is.
    ///
    /// - Returns: Whether this is the one that sends, `nil` if that can't be found out now, and what is to be logged.
    func lead() -> (isLeader: Bool?, events: [OutboxEvent])

    /// Leaves the sending to others for good.
    func stepDown()

    /// Does something with what is kept.
    ///
    /// - Parameters:
    ///   - work: Of what kind that is.
    ///   - itemsAtStake: How many items are not kept if it fails.
    ///   - body: What to do.
    /// - Returns: Its result, or `nil` if the store can't be used now, and what is to be logged.
    func use<R: Sendable>(
        _ work: OutboxWork, itemsAtStake: Int, _ body: @Sendable (any OutboxTable) throws -> R
    ) -> (result: R?, events: [OutboxEvent])
}

/// The requests of a store, as long as it can be used.
protocol OutboxTable {
    /// Keeps a request, and drops the oldest ones that are over the limit.
    ///
    /// - Returns: How many items were dropped.
    func keep(_ request: OTLPRequest) throws -> Int
    /// The oldest request of a signal that was not settled, or the oldest ones as one where they are small.
    func oldest(_ signal: OTLPSignal, within limit: RequestLimit) throws -> KeptRequest?
    /// Forgets a request that was sent or refused.
    func settle(_ kept: KeptRequest) throws
    /// Drops what is too old.
    ///
    /// - Returns: How many items were dropped.
    func dropTooOld(_ signal: OTLPSignal) throws -> Int
    /// Drops the oldest requests that are over the limit of bytes, where transactions keep their spans by themselves.
    ///
    /// - Returns: How many items were dropped.
    func dropForRoom() throws -> Int
    /// How much is kept.
    func total() throws -> OutboxTotal
}
