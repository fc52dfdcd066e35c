internal import Synchronization

/// How many times the connections of a pool have waited for the server.
final class RoundTripCounter: Sendable {
    private let count = Atomic(0)

    var value: Int { count.load(ordering: .relaxed) }

    func add() { count.add(1, ordering: .relaxed) }
}
