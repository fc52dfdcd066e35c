internal import Synchronization

/// Writes the results of detached jobs, those that are ready at the same time in one transaction.
///
/// Whoever hands a result over goes on with something else; the worker is told what came of it.
final class Settler: Sendable {
    private struct State {
        var waiting: [SettlerItem] = []
        var isAwaited = false
        var isStopped = false
    }
    /// Writes ends of attempts in one transaction, and notes which of them its effects tell of, if it gets that far.
    ///
    /// The turn ends with the transaction.
    private let commit:
        @Sendable (_ ends: [Settling], _ announced: Locked<[Bool]>, _ turn: Turn?) async throws -> [Bool]
    private let state = Mutex(State())
    private let signal: Signal
    /// While one writer tells of what it has written, another writes.
    private let writerCount: Int
    private let gate = FairGate(width: 1)

    /// How many results are written in one transaction at most, so that no transaction holds the database for long.
    private static var batchLimit: Int { 200 }

    init<Adapter: StateAdapter>(client: Client<Adapter>) {
        signal = Signal(clock: client.clock)
        writerCount = client.observability == nil ? 1 : 2
        commit = { ends, announced, turn in
            try await client.withOperation { connection in
                do {
                    // Before what is told, which takes its time.
                    if let turn { try connection.openEffects.add(onCommit: { turn.end() }, onRollback: { turn.end() }) }
                    let written = try client.settle(ends, on: connection)
                    announced.withLock { $0 = written }
                    return written
                } catch {
                    throw RefusedBatch(error: error)
                }
            }
        }
    }

    /// Writes a result soon.
    func settle(_ item: SettlerItem) {
        let (isStopped, wakes) = state.withLock { state in
            if state.isStopped { return (true, false) }
            state.waiting.append(item)
            defer { state.isAwaited = false }
            return (false, state.isAwaited)
        }
        if isStopped { fail([item], CancellationError()) }
        if wakes { signal.raise() }
    }

    /// Writes results until the task is cancelled; then fails what still waits.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<writerCount { group.addTask { await self.writeBatches() } }
        }
        let rest = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [] }
            return state.waiting
        }
        fail(rest, CancellationError())
    }

    /// Writes one batch after the other, each when it is this writer's turn.
    private func writeBatches() async {
        while !Task.isCancelled, (try? await gate.enter()) != nil {
            let turn = Turn(gate)
            let batch = await nextBatch()
            if !batch.isEmpty { await write(batch, turn) }
            turn.end()
        }
    }

    /// The results that are ready, as soon as there are any; none if the task was cancelled before.
    private func nextBatch() async -> [SettlerItem] {
        while !Task.isCancelled {
            let batch = state.withLock { state in
                let batch = Array(state.waiting.prefix(Self.batchLimit))
                state.waiting.removeFirst(batch.count)
                state.isAwaited = batch.isEmpty
                return batch
            }
            if !batch.isEmpty { return batch }
            try? await signal.wait()
        }
        return []
    }

    private func write(_ batch: [SettlerItem], _ turn: Turn? = nil) async {
        let announced = Locked<[Bool]>([])
        do {
            let written = try await commit(batch.map(\.settling), announced, turn)
            succeed(batch, written)
        } catch let refused as RefusedBatch {
            if batch.count == 1 {
                fail(batch, refused.error)
            } else {
                // One of them may be what the database refused: each gets a transaction, and an error, of its own.
                for item in batch { await write([item]) }
            }
        } catch {
            // The commit failed, of which the effects have told, or the transaction did not begin.
            let announced = announced.withLock { $0 }
            for (index, item) in batch.enumerated() {
                let isTold = index < announced.count && announced[index]
                fail([item], error, successorIsTold: isTold)
            }
        }
    }

    private func succeed(_ batch: [SettlerItem], _ written: [Bool]) {
        var settled: [Attempt] = []
        settled.reserveCapacity(batch.count)
        for (item, isWritten) in zip(batch, written) {
            if isWritten {
                item.attempt.progress = .settled
                item.attempt.endPhase(nil)
                settled.append(item.attempt)
            } else {
                fail([item], item.attempt.leaseLost())
            }
        }
        if let worker = settled.first?.worker { worker.slots.remove(settled) }
    }

    private func fail(_ items: [SettlerItem], _ error: any Error, successorIsTold: Bool = false) {
        for item in items {
            if !successorIsTold { item.settling.successor?.rolledBack() }
            item.attempt.progress = .running
            item.attempt.endPhase(error)
            item.attempt.worker.settlingFailed(item.attempt, error)
        }
    }
}

/// An attempt and its result.
struct SettlerItem: Sendable {
    let attempt: Attempt
    let settling: Settling
}

/// A writer's turn, which ends once.
private final class Turn: Sendable {
    private let gate: FairGate
    private let hasEnded = Atomic(false)

    init(_ gate: FairGate) { self.gate = gate }

    func end() {
        if !hasEnded.exchange(true, ordering: .relaxed) { gate.leave() }
    }
}

/// A settlement that the database refused before anything waited for the commit.
private struct RefusedBatch: Error {
    let error: any Error
}
