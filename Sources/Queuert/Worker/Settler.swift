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
    private let commit: @Sendable (_ ends: [Settling], _ announced: Locked<[Bool]>) async throws -> [Bool]
    private let state = Mutex(State())
    private let signal: Signal

    /// How many results are written in one transaction at most, so that no transaction holds the database for long.
    private static var batchLimit: Int { 200 }

    init<Adapter: StateAdapter>(client: Client<Adapter>) {
        signal = Signal(clock: client.clock)
        commit = { ends, announced in
            try await client.withOperation { connection in
                do {
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
        while !Task.isCancelled {
            let batch = state.withLock { state in
                let batch = Array(state.waiting.prefix(Self.batchLimit))
                state.waiting.removeFirst(batch.count)
                state.isAwaited = batch.isEmpty
                return batch
            }
            if batch.isEmpty {
                try? await signal.wait()
            } else {
                await write(batch)
            }
        }
        let rest = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [] }
            return state.waiting
        }
        fail(rest, CancellationError())
    }

    private func write(_ batch: [SettlerItem]) async {
        let announced = Locked<[Bool]>([])
        do {
            let written = try await commit(batch.map(\.settling), announced)
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

/// A settlement that the database refused before anything waited for the commit.
private struct RefusedBatch: Error {
    let error: any Error
}
