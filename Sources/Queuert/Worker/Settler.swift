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
            if isStopped { continuation.resume(throwing: CancellationError()) } else { signal.raise() }
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
        for item in rest { item.continuation.resume(throwing: CancellationError()) }
    }

    private func write(_ batch: [Waiting]) async {
        do {
            let written = try await client.adapter.withTransaction { [client] connection in
                do {
                    return try client.settle(batch.map(\.settling), on: connection)
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
            // The commit failed, or the transaction did not begin: the telemetry was told by the transaction's effects.
            for item in batch { item.continuation.resume(throwing: error) }
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
