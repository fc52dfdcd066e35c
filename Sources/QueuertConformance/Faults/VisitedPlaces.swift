import Synchronization

/// The places that the current task's transaction has visited, and what chance has in store for it.
final class VisitedPlaces: Sendable {
    @TaskLocal static var current: VisitedPlaces?

    let fault: FaultRuns.Fault?
    private let visited = Mutex<Set<Faults.Place>>([])
    private let hasFailed = Mutex(false)

    init(fault: FaultRuns.Fault? = nil) { self.fault = fault }

    var places: Set<Faults.Place> { visited.withLock { $0 } }

    func add(_ place: Faults.Place) { visited.withLock { _ = $0.insert(place) } }

    /// Whether the statement that is about to run is the one that fails.
    func takeStatementFault() -> Bool {
        guard fault == .statement else { return false }
        return hasFailed.withLock { hasFailed in
            defer { hasFailed = true }
            return !hasFailed
        }
    }
}
