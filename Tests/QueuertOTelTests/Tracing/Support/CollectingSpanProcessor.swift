import QueuertOTel
import Synchronization

/// Keeps what it is given.
final class CollectingSpanProcessor: SpanProcessor {
    private struct State {
        var started: [TraceContext] = []
        var ended: [SpanData] = []
        var flushes = 0
        var shutdowns = 0
    }
    private let state = Mutex(State())
    private let result: FlushResult

    init(result: FlushResult = .success) { self.result = result }

    var started: [TraceContext] { state.withLock { $0.started } }
    var ended: [SpanData] { state.withLock { $0.ended } }
    var flushes: Int { state.withLock { $0.flushes } }
    var shutdowns: Int { state.withLock { $0.shutdowns } }

    func spanStarted(_ context: TraceContext, name: String) { state.withLock { $0.started.append(context) } }
    func spanEnded(_ span: SpanData) { state.withLock { $0.ended.append(span) } }
    func flush(timeout: Duration) async -> FlushResult {
        state.withLock { $0.flushes += 1 }
        return result
    }
    func shutdown(timeout: Duration) async -> FlushResult {
        state.withLock { $0.shutdowns += 1 }
        return result
    }
}
