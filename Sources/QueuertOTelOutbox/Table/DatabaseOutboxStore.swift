internal import FoundationEssentials
internal import Queuert
internal import QueuertOTel
internal import Synchronization

/// Keeps requests in a table of the queue's database.
///
/// The one that sends has a lease, which it prolongs while it lives.
final class DatabaseOutboxStore<Adapter: StateAdapter>: OutboxStore
where Adapter.Operations: TelemetryOutboxOperations {
    private struct State {
        var isLeader = false
        /// Until when nothing needs to be asked of the database.
        var isKnownUntil = ContinuousClock.now
        var hasSteppedDown = false
        var failures = OutboxFailures()
    }

    private let adapter: Adapter
    private let configuration: TelemetryOutbox.Configuration
    private let lease: Duration
    private let poll: Duration
    private let name = UUID().uuidString.lowercased()
    private let state = Mutex(State())

    /// Makes a store.
    ///
    /// - Parameters:
    ///   - adapter: The queue's database.
    ///   - configuration: How much is kept.
    ///   - lease: How long the one that sends has it; the same for all who share the database.
    ///   - poll: How often is looked for what others have kept, of which one that doesn't send needs less.
    init(adapter: Adapter, configuration: TelemetryOutbox.Configuration, lease: Duration, poll: Duration) {
        self.adapter = adapter
        self.configuration = configuration
        self.lease = lease
        self.poll = poll
    }

    var isLeader: Bool { state.withLock { $0.isLeader } }
    var isInQueueDatabase: Bool { true }
    var databaseIdentity: DatabaseIdentity? { adapter.databaseIdentity }

    func lead() -> (isLeader: Bool?, events: [OutboxEvent]) {
        let known = state.withLock { state -> Bool? in
            if state.hasSteppedDown { return false }
            return .now < state.isKnownUntil ? state.isLeader : nil
        }
        if let known { return (known, []) }
        // By this machine's clock from before the call: never longer than by the database's.
        let askedAt = ContinuousClock.now
        let (answer, events) = attempt(.leading) { try $0.lead(name, for: lease) }
        let ended = state.withLock { state -> [OutboxEvent] in
            state.isLeader = answer ?? false
            // Half of the lease is left when it is prolonged. What could not be found out is asked again.
            state.isKnownUntil = answer.map { askedAt + ($0 ? lease / 2 : poll * 5) } ?? askedAt
            // Only the one that sends reads and deletes: if that failed here, it is now for another to tell.
            return answer == false ? state.failures.worked([.reading, .deleting]) : []
        }
        return (answer, events + ended)
    }

    func stepDown() {
        let led = state.withLock { state in
            defer { state.isLeader = false }
            state.hasSteppedDown = true
            return state.isLeader
        }
        // If it can't be told, others go on when the lease is over.
        if led { try? table.resign(name) }
    }

    func use<R: Sendable>(
        _ work: OutboxWork, itemsAtStake: Int, _ body: @Sendable (any OutboxTable) throws -> R
    ) -> (result: R?, events: [OutboxEvent]) {
        attempt(work, itemsAtStake: itemsAtStake) { try body($0) }
    }

    private func attempt<R>(
        _ work: OutboxWork, itemsAtStake: Int = 0, _ body: (DatabaseOutboxTable<Adapter>) throws -> R
    ) -> (result: R?, events: [OutboxEvent]) {
        do {
            let result = try body(table)
            return (result, state.withLock { $0.failures.worked([work]) })
        } catch {
            // An error of another type may hold data.
            let reason = (error as? any RedactedError)?.description ?? errorTypeName(error)
            return (nil, state.withLock { $0.failures.failed(work, itemsAtStake: itemsAtStake, reason: reason) })
        }
    }

    private var table: DatabaseOutboxTable<Adapter> {
        DatabaseOutboxTable(adapter: adapter, configuration: configuration)
    }
}
