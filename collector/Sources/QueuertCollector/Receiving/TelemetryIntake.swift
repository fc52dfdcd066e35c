internal import Logging

/// Stores what was received or imported, counts it and tells those who listen.
struct TelemetryIntake: Sendable {
    let store: SpanStore
    let changes: ChangeBroadcaster
    let statistics: CollectorStatistics
    let pruner: Pruner
    let logger: Logger

    /// Stores a request.
    ///
    /// - Parameter batch: The request.
    /// - Returns: What became of it.
    /// - Throws: `StoreError` if the database can't be written; then nothing was stored.
    @discardableResult
    func keep(_ batch: ReceivedBatch) async throws(StoreError) -> InsertionResult {
        statistics.count(batch.signal) { $0.refused += batch.rejectedCount }
        guard batch.count > 0 else { return InsertionResult() }
        do {
            let result = try await store.insert(batch)
            statistics.count(batch.signal) { items in
                items.accepted += result.added + result.repeated
                items.repeated += result.repeated
                items.conflicting += result.conflicting
            }
            if result.added + result.conflicting > 0 { changes.announce() }
            if result.added > 0 { pruner.didInsert() }
            return result
        } catch {
            statistics.count(batch.signal) { $0.failed += batch.count }
            logger.error(
                "telemetry could not be stored",
                metadata: ["signal": "\(batch.signal.rawValue)", "error": "\(error)"])
            throw error
        }
    }
}

extension SpanStore {
    /// Stores a request of any signal in one transaction.
    ///
    /// - Parameter batch: The request.
    /// - Returns: What became of it.
    /// - Throws: `StoreError` if the database can't be written; then nothing was stored.
    @discardableResult
    package func insert(_ batch: ReceivedBatch) async throws(StoreError) -> InsertionResult {
        switch batch {
        case .traces(let batch): try await insert(batch)
        case .metrics(let batch): try await insert(batch)
        case .logs(let batch): try await insert(batch)
        }
    }
}
