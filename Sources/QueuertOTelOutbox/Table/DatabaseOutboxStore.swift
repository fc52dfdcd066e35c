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
        /// What fails at present: keeping items, or all else.
        var failing: Set<Work> = []
        /// How many items were not kept since something fails.
        var notKept = 0
    }
    private enum Work { case keeping, other }

    private let adapter: Adapter
    private let configuration: TelemetryOutbox.Configuration
    private let lease: Duration
    private let name = UUID().uuidString.lowercased()
    private let state = Mutex(State())

    init(adapter: Adapter, configuration: TelemetryOutbox.Configuration, lease: Duration) {
        self.adapter = adapter
        self.configuration = configuration
        self.lease = lease
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
        let (answer, events) = attempt { try $0.lead(name, for: lease) }
        state.withLock { state in
            state.isLeader = answer ?? false
            // Half of the lease is left when it is prolonged. What could not be found out is asked again.
            state.isKnownUntil = answer.map { askedAt + lease / ($0 ? 2 : 6) } ?? askedAt
        }
        return (answer, events)
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
        itemsAtStake: Int, _ body: @Sendable (any OutboxTable) throws -> R
    ) -> (result: R?, events: [OutboxEvent]) {
        attempt(itemsAtStake: itemsAtStake) { try body($0) }
    }

    private func attempt<R>(
        itemsAtStake: Int = 0, _ body: (DatabaseOutboxTable<Adapter>) throws -> R
    ) -> (result: R?, events: [OutboxEvent]) {
        let work: Work = itemsAtStake > 0 ? .keeping : .other
        do {
            let result = try body(table)
            let notKept = state.withLock { state -> Int? in
                guard state.failing.remove(work) != nil, state.failing.isEmpty else { return nil }
                defer { state.notKept = 0 }
                return state.notKept
            }
            return (result, notKept.map { [.worksAgain(notKept: $0)] } ?? [])
        } catch {
            let isFirst = state.withLock { state in
                defer { state.failing.insert(work) }
                state.notKept += itemsAtStake
                return state.failing.isEmpty
            }
            // An error of another type may hold data.
            let reason = (error as? any RedactedError)?.description ?? errorTypeName(error)
            return (nil, isFirst ? [.broke(reason: reason)] : [])
        }
    }

    private var table: DatabaseOutboxTable<Adapter> {
        DatabaseOutboxTable(adapter: adapter, configuration: configuration)
    }
}
