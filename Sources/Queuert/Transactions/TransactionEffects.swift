/// What waits for a transaction to end: wake-ups, spans and log records.
///
/// A state adapter makes one with each transaction, keeps it on the connection, and calls ``commit()`` or ``rollback()``
/// when the transaction has ended. Effects run once, in the order in which they were added, after the database has
/// answered, and never hold the connection.
public final class TransactionEffects {
    /// What one piece of work inside the transaction leads to.
    private struct Effect {
        let onCommit: @Sendable () -> Void
        let onRollback: @Sendable () -> Void
    }
    /// A part of the transaction that may be undone, and what waited when it began.
    private struct Savepoint {
        let number: Int
        let effectCount: Int
        let hints: [(hint: WakeHint, target: HintTarget)]
    }

    private var effects: [Effect] = []
    private var hints: [(hint: WakeHint, target: HintTarget)] = []
    private var savepoints: [Savepoint] = []
    private var lastSavepoint = 0

    /// Makes the effects of a transaction that begins.
    public init() {}

    /// Whether nothing waits.
    public var isEmpty: Bool { effects.isEmpty && hints.isEmpty }

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
        wake(through: target) { $0.formUnion(hint) }
    }

    /// Adds something to the hint of a client: where many jobs end, a hint of its own for each would cost much.
    func wake(through target: HintTarget, _ add: (inout WakeHint) -> Void) {
        if let index = hints.firstIndex(where: { $0.target === target }) {
            add(&hints[index].hint)
        } else {
            var hint = WakeHint()
            add(&hint)
            hints.append((hint, target))
        }
    }

    /// Takes over what waits for another part of the transaction, which is part of this one now.
    package func merge(_ part: TransactionEffects) {
        let (effects, hints) = part.take()
        self.effects += effects
        for (hint, target) in hints { wake(hint, through: target) }
    }

    /// Hands out what the commit leads to, to be run after the connection was given back.
    ///
    /// - Returns: A closure to be called once.
    public func commit() -> @Sendable () -> Void { undecided().commit }

    /// Hands out what the rollback leads to, to be run after the connection was given back.
    ///
    /// - Returns: A closure to be called once.
    public func rollback() -> @Sendable () -> Void { undecided().rollback }

    /// Hands out what each end leads to, where the answer to a commit was lost and has yet to be found out.
    ///
    /// - Returns: Two closures, of which one is to be called once.
    public func undecided() -> (commit: @Sendable () -> Void, rollback: @Sendable () -> Void) {
        let (effects, hints) = take()
        if effects.isEmpty && hints.isEmpty { return ({}, {}) }
        return (
            {
                for effect in effects { effect.onCommit() }
                for (hint, target) in hints where !hint.isEmpty { target.notify.send(hint) }
            },
            { for effect in effects { effect.onRollback() } }
        )
    }

    private func take() -> ([Effect], [(hint: WakeHint, target: HintTarget)]) {
        defer {
            effects = []
            hints = []
            savepoints = []
        }
        return (effects, hints)
    }

    // MARK: Recording

    /// How many effects wait.
    var mark: Int { effects.count }

    /// Tells what was added since a moment as if it were committed.
    func tellCommit(since mark: Int) {
        for effect in effects[mark...] { effect.onCommit() }
    }

    /// Has what was added since a moment told of the commit together, by a function that is given all of it.
    func rewrapCommits(since mark: Int, _ wrap: @escaping @Sendable (() -> Void) -> Void) {
        let wrapped = Array(effects[mark...])
        if wrapped.isEmpty { return }
        effects.removeSubrange(mark...)
        effects.append(
            Effect(
                onCommit: { wrap { for effect in wrapped { effect.onCommit() } } },
                onRollback: { for effect in wrapped { effect.onRollback() } }))
    }

    /// Drops what was added since a moment, without a word.
    func forget(since mark: Int) { effects.removeSubrange(mark...) }

    // MARK: Savepoints

    /// Notes what waits when a savepoint begins.
    ///
    /// - Returns: The savepoint's number, which no other of the transaction has.
    func beginSavepoint() -> Int {
        lastSavepoint += 1
        savepoints.append(Savepoint(number: lastSavepoint, effectCount: effects.count, hints: hints))
        return lastSavepoint
    }

    /// How a savepoint stands to the others.
    enum SavepointPlace { case innermost, aroundOthers, gone }

    func place(ofSavepoint number: Int) -> SavepointPlace {
        if savepoints.last?.number == number { return .innermost }
        return savepoints.contains { $0.number == number } ? .aroundOthers : .gone
    }

    /// Forgets the innermost savepoint; what was added since belongs to the one around it.
    func releaseSavepoint() { savepoints.removeLast() }

    /// Drops the hints that were added since a savepoint began, and tells the effects that they were undone.
    func rollBack(toSavepoint number: Int) {
        guard let index = savepoints.firstIndex(where: { $0.number == number }) else { return }
        let savepoint = savepoints[index]
        savepoints.removeSubrange(index...)
        hints = savepoint.hints
        let undone = effects[savepoint.effectCount...]
        effects.removeSubrange(savepoint.effectCount...)
        for effect in undone { effect.onRollback() }
    }
}

/// Where a client's hints go: a class, since several clients may take part in one transaction and are told apart.
final class HintTarget: Sendable {
    let notify: any NotifyAdapter

    init(_ notify: any NotifyAdapter) { self.notify = notify }
}
