internal import Logging
internal import ServiceLifecycle

/// Removes what is too much or too old, whenever something was added and every minute.
final class Pruner: Service {
    private static let interval = Duration.seconds(60)

    private let store: SpanStore
    private let retention: RetentionConfiguration
    private let statistics: CollectorStatistics
    private let changes: ChangeBroadcaster
    private let logger: Logger
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    init(
        _ store: SpanStore, _ retention: RetentionConfiguration, _ statistics: CollectorStatistics,
        _ changes: ChangeBroadcaster, _ logger: Logger
    ) {
        self.store = store
        self.retention = retention
        self.statistics = statistics
        self.changes = changes
        self.logger = logger
        (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes note that something was added.
    func didInsert() { signal.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                group.addTask { [signal = self.signal] in
                    while !Task.isCancelled {
                        signal.yield()
                        try? await Task.sleep(for: Self.interval)
                    }
                }
                for await _ in self.signals { await self.prune() }
                group.cancelAll()
            }
        }
    }

    /// Removes until nothing is too much or too old.
    func prune() async {
        while !Task.isCancelled {
            do {
                let step = try await store.prune(retention)
                if step.isDone { return }
                statistics.count { counts in
                    counts.prunedTraces += step.traces
                    counts.prunedSpans += step.spans
                    counts.prunedLogs += step.logs
                    counts.prunedPoints += step.points
                }
                if step.traces + step.spans > 0 { changes.announce() }
            } catch {
                // The collector stops.
                if Task.isCancelled { return }
                // A full disk or another process; the next insertion, or the next minute, tries again.
                return logger.warning("what is too old could not be removed", metadata: ["error": "\(error)"])
            }
        }
    }
}
