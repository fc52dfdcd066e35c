/// What is done with a store, as far as it may fail while the rest works: a full disk can be read, for instance.
enum OutboxWork: Hashable, Sendable {
    /// Finding out who sends.
    case leading
    case keeping
    case reading
    /// Forgetting what was sent, and dropping what is too old or too much.
    case deleting
}

/// What of the work on a store fails at present, so that it is told once until all of it works again.
struct OutboxFailures: Sendable {
    private var failing: Set<OutboxWork> = []
    /// How many items were not kept since something fails.
    private var notKept = 0

    mutating func failed(_ work: OutboxWork, itemsAtStake: Int, reason: String) -> [OutboxEvent] {
        defer { failing.insert(work) }
        notKept += itemsAtStake
        return failing.isEmpty ? [.broke(reason: reason)] : []
    }

    mutating func worked(_ works: Set<OutboxWork>) -> [OutboxEvent] {
        guard !failing.isDisjoint(with: works) else { return [] }
        failing.subtract(works)
        guard failing.isEmpty else { return [] }
        defer { notKept = 0 }
        return [.worksAgain(notKept: notKept)]
    }
}
