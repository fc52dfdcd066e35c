internal import Synchronization

/// Writes the results of detached jobs, those that are ready at the same time in one transaction.
///
/// Whoever hands a result over goes on with something else; the worker is told what came of it.
final class Settler<Adapter: StateAdapter>: Sendable {
    /// An attempt and its result.
    struct Item: Sendable {
        let attempt: Attempt<Adapter>
        let settling: Settling
    }
    private struct State {
        var waiting: [Item] = []
        var isAwaited = false
        var isStopped = false
    }
    private let client: Client<Adapter>
    private let state = Mutex(State())
    private let signal: Signal

    /// How many results are written in one transaction at most, so that no transaction holds the database for long.
    private static var batchLimit: Int { 200 }

    init(client: Client<Adapter>) {
        self.client = client
        signal = Signal(clock: client.clock)
    }

    /// Writes a result soon.
    func settle(_ item: Item) {
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

    private func write(_ batch: [Item]) async {
        // Which of them the transaction's effects tell of, if it gets that far.
        let announced = Locked<[Bool]>([])
        do {
            let written = try await client.adapter.withOperation(.work) { [client] connection in
                do {
                    let written = try client.settle(batch.map(\.settling), on: connection)
                    announced.withLock { $0 = written }
                    return written
                } catch {
                    throw RefusedBatch(error: error)
                }
            }
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

    private func succeed(_ batch: [Item], _ written: [Bool]) {
        var settled: [Attempt<Adapter>] = []
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

    private func fail(_ items: [Item], _ error: any Error, successorIsTold: Bool = false) {
        for item in items {
            if !successorIsTold { item.settling.successor?.rolledBack() }
            item.attempt.progress = .running
            item.attempt.endPhase(error)
            item.attempt.worker.settlingFailed(item.attempt, error)
        }
    }
}

/// A settlement that the database refused before anything waited for the commit.
private struct RefusedBatch: Error {
    let error: any Error
}
