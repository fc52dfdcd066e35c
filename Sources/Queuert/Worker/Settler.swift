/// Writes the results of detached jobs, those that are ready at the same time in one transaction.
final class Settler<Adapter: StateAdapter>: Sendable {
    private struct Waiting {
        let settling: Settling
        let continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var waiting: [Waiting] = []
        var isStopped = false
    }
    private let client: Client<Adapter>
    let leaseDuration: Duration
    private let state = Locked(State())
    private let signal: Signal

    /// How many results are written in one transaction at most, so that no transaction holds the database for long.
    private static var batchLimit: Int { 100 }

    init(client: Client<Adapter>, leaseDuration: Duration) {
        self.client = client
        self.leaseDuration = leaseDuration
        signal = Signal(clock: client.clock)
    }

    /// Writes a result, and returns when it is committed.
    func settle(_ settling: Settling) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let isStopped = state.withLock { state in
                if !state.isStopped { state.waiting.append(Waiting(settling: settling, continuation: continuation)) }
                return state.isStopped
            }
            if isStopped {
                fail(Waiting(settling: settling, continuation: continuation), CancellationError())
            } else {
                signal.raise()
            }
        }
    }

    /// Writes results until the task is cancelled; then fails what still waits.
    func run() async {
        while (try? await signal.wait()) != nil {
            while true {
                let batch = state.withLock { state in
                    let batch = state.waiting.prefix(Self.batchLimit)
                    state.waiting.removeFirst(batch.count)
                    return Array(batch)
                }
                if batch.isEmpty { break }
                await write(batch)
            }
        }
        let rest = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for item in rest { fail(item, CancellationError()) }
    }

    private func write(_ batch: [Waiting]) async {
        // Which of them the transaction's effects tell of, if it gets that far.
        let announced = Locked<[Bool]>([])
        do {
            let written = try await client.adapter.withTransaction { [client] connection in
                do {
                    let written = try client.settle(batch.map(\.settling), on: connection)
                    announced.withLock { $0 = written }
                    return written
                } catch {
                    throw RefusedBatch(error: error)
                }
            }
            for (item, isWritten) in zip(batch, written) {
                if isWritten {
                    item.continuation.resume()
                } else {
                    fail(item, LeaseLostError(jobID: item.settling.row.id))
                }
            }
        } catch let refused as RefusedBatch {
            if batch.count == 1 {
                for item in batch { fail(item, refused.error) }
            } else {
                // One of them may be what the database refused: each gets a transaction, and an error, of its own.
                for item in batch { await write([item]) }
            }
        } catch {
            // The commit failed, of which the effects have told, or the transaction did not begin.
            let announced = announced.withLock { $0 }
            for (index, item) in batch.enumerated() {
                if index < announced.count, announced[index] {
                    item.continuation.resume(throwing: error)
                } else {
                    fail(item, error)
                }
            }
        }
    }

    private func fail(_ item: Waiting, _ error: any Error) {
        item.settling.successor?.rolledBack()
        item.continuation.resume(throwing: error)
    }
}

/// A settlement that the database refused before anything waited for the commit.
private struct RefusedBatch: Error {
    let error: any Error
}
