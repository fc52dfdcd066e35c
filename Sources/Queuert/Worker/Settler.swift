internal import Synchronization

/// Writes the results of detached jobs, those that are ready at the same time in one transaction.
///
/// Whoever hands a result over goes on with something else; the worker is told what came of it. Where many are ready, a second
/// transaction is written while those are told of the first.
final class Settler: Sendable {
    private struct State {
        var waiting: [SettlerItem] = []
        /// Which of the writers have nothing to do.
        var isIdle = [false, false]
        var isStopped = false

        /// The writer that has to be woken.
        mutating func takeIdleWriter() -> Int? {
            for writer in isIdle.indices where isIdle[writer] && waiting.count >= Settler.batchMinima[writer] {
                isIdle[writer] = false
                return writer
            }
            return nil
        }
    }
    /// Writes ends of attempts in one transaction, and notes which of them its effects tell of, if it gets that far.
    private let commit: @Sendable (_ ends: [Settling], _ announced: Locked<[Bool]>) async throws -> [Bool]
    private let state = Mutex(State())
    private let signals: [Signal]

    /// How many results are worth a transaction: for the second writer as many as make up for what a transaction costs.
    private static let batchMinima = [1, 100]
    /// How many results are written in one transaction at most, so that no transaction holds the database for long.
    private static var batchLimit: Int { 200 }

    init<Adapter: StateAdapter>(client: Client<Adapter>) {
        signals = Self.batchMinima.map { _ in Signal(clock: client.clock) }
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
        let (isStopped, idle) = state.withLock { state -> (Bool, Int?) in
            if state.isStopped { return (true, nil) }
            state.waiting.append(item)
            return (false, state.takeIdleWriter())
        }
        if isStopped { fail([item], CancellationError()) }
        if let idle { signals[idle].raise() }
    }

    /// Writes results until the task is cancelled; then fails what still waits.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            for writer in signals.indices { group.addTask { await self.run(writer) } }
        }
        let rest = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [] }
            return state.waiting
        }
        fail(rest, CancellationError())
    }

    private func run(_ writer: Int) async {
        while !Task.isCancelled {
            let batch = state.withLock { state -> [SettlerItem] in
                state.isIdle[writer] = state.waiting.count < Self.batchMinima[writer]
                if state.isIdle[writer] { return [] }
                let batch = Array(state.waiting.prefix(Self.batchLimit))
                state.waiting.removeFirst(batch.count)
                return batch
            }
            if batch.isEmpty {
                try? await signals[writer].wait()
            } else {
                await write(batch)
            }
        }
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
            // Who is cancelled here is the worker that stops, which gives the job back: no fault of the attempt's.
            item.attempt.endPhase(error is CancellationError ? nil : error)
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
