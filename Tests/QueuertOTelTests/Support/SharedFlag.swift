import Synchronization

/// Says yes to the first who asks.
final class SharedFlag: Sendable {
    private let isSet = Atomic(true)

    func takeFirst() -> Bool { isSet.exchange(false, ordering: .relaxed) }
}
