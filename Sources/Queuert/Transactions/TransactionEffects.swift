/// What waits for a transaction to end: wake-ups, spans and log records.
///
/// A state adapter makes one with each transaction, keeps it on the connection, and calls ``commit()`` or ``rollback()``
/// when the transaction has ended. Effects run once, in the order in which they were added, after the database has
/// answered, and never hold the connection.
public final class TransactionEffects {
    /// What one piece of work inside the transaction leads to.
    struct Effect {
        let onCommit: @Sendable () -> Void
        let onRollback: @Sendable () -> Void
    }

    private var effects: [Effect] = []
    private var hints: [(hint: WakeHint, target: HintTarget)] = []

    /// Makes the effects of a transaction that begins.
    public init() {}

    /// Adds something that happens when the transaction has ended.
    ///
    /// - Parameters:
    ///   - onCommit: What happens if it was committed. Must not block.
    ///   - onRollback: What happens if it was undone. Must not block.
    public func add(
        onCommit: @escaping @Sendable () -> Void, onRollback: @escaping @Sendable () -> Void = {}
    ) {
        effects.append(Effect(onCommit: onCommit, onRollback: onRollback))
    }

    /// Adds a hint for workers and waiters; hints of the same client are sent as one.
    func wake(_ hint: WakeHint, through target: HintTarget) {
        if let index = hints.firstIndex(where: { $0.target === target }) {
            hints[index].hint.formUnion(hint)
        } else {
            hints.append((hint, target))
        }
    }

    /// Hands out what the commit leads to, to be run after the connection was given back.
    ///
    /// - Returns: A closure to be called once.
    public func commit() -> @Sendable () -> Void {
        let (effects, hints) = take()
        return {
            for effect in effects { effect.onCommit() }
            for (hint, target) in hints where !hint.isEmpty { target.notify.send(hint) }
        }
    }

    /// Hands out what the rollback leads to, to be run after the connection was given back.
    ///
    /// - Returns: A closure to be called once.
    public func rollback() -> @Sendable () -> Void {
        let (effects, _) = take()
        return { for effect in effects { effect.onRollback() } }
    }

    private func take() -> ([Effect], [(hint: WakeHint, target: HintTarget)]) {
        defer {
            effects = []
            hints = []
        }
        return (effects, hints)
    }
}

/// Where a client's hints go: a class, since several clients may take part in one transaction and are told apart.
final class HintTarget: Sendable {
    let notify: any NotifyAdapter

    init(_ notify: any NotifyAdapter) { self.notify = notify }
}
