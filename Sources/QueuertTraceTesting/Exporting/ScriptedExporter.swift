public import QueuertOTel

/// An exporter that fails as a script says, for tests of what becomes of telemetry then.
///
/// Each export takes the next step of the script; after the last one, all is accepted. Give it to a processor, and look at the
/// processor's statistics, or at its own metrics by `MeterProvider.observe(_:)`:
///
/// ```swift
/// let exporter = ScriptedExporter(.refuse("quota"), .hold)
/// let processor = BatchSpanProcessor(exporter: exporter)
/// meters.observe(processor)
/// ```
public final class ScriptedExporter: SpanExporter, MetricExporter, LogRecordExporter {
    /// What becomes of one export.
    public enum Step: Sendable, Hashable {
        /// The receiver takes the batch.
        case accept
        /// The receiver takes the batch but for some items.
        case reject(Int)
        /// The receiver refuses the batch, which sending it again would not change.
        case refuse(String)
        /// The receiver can't be reached, and all tries are used up.
        case unavailable(String)
        /// The receiver says that it takes the batch, and loses it.
        case lose
        /// The receiver doesn't answer until ``ScriptedExporter/release()``, and then takes the batch.
        ///
        /// When the export's time is up, or it is interrupted, it can't be reached instead.
        case hold
    }

    private struct State: Sendable {
        var script: ArraySlice<Step>
        var spans: [SpanData] = []
        var metrics: [MetricData] = []
        var records: [LogRecordData] = []
        var begun = 0
        var held: [Hold] = []
    }

    /// An export that waits, and how it ended.
    private struct Hold: Sendable {
        let number: Int
        let signal: WakeSignal
        var result: ExportResult?
    }

    private let state: ObservedState<State>

    /// Makes an exporter.
    ///
    /// - Parameter script: What becomes of the first exports.
    public init(_ script: Step...) { state = ObservedState(State(script: script[...])) }

    /// The spans that were taken, in the order of their exports.
    public var spans: [SpanData] { state.value.spans }
    /// The metrics that were taken, in the order of their exports.
    public var metrics: [MetricData] { state.value.metrics }
    /// The log records that were taken, in the order of their exports.
    public var records: [LogRecordData] { state.value.records }
    /// How many exports have begun.
    public var exportCount: Int { state.value.begun }

    /// Waits until a number of exports have begun.
    ///
    /// - Parameter count: How many.
    /// - Throws: `CancellationError` if the task is cancelled first.
    public func begun(_ count: Int) async throws {
        while true {
            let (value, version) = state.snapshot
            if value.begun >= count { return }
            try await state.change(after: version)
        }
    }

    /// Lets the exports that are held go on.
    public func release() { end(with: .accepted(rejected: 0)) }

    /// Ends the exports that are held: their receiver can't be reached.
    public func interrupt() { end(with: .unavailable(reason: "interrupted")) }

    /// Takes spans, or not.
    ///
    /// - Parameters:
    ///   - batch: The spans.
    ///   - timeout: How long a held export waits at most.
    /// - Returns: What the script says.
    public func export(_ batch: [SpanData], timeout: Duration) -> ExportResult {
        export(timeout) { $0.spans += batch }
    }

    /// Takes metrics, or not.
    ///
    /// - Parameters:
    ///   - batch: The metrics.
    ///   - timeout: How long a held export waits at most.
    /// - Returns: What the script says.
    public func export(_ batch: [MetricData], timeout: Duration) -> ExportResult {
        export(timeout) { $0.metrics += batch }
    }

    /// Takes log records, or not.
    ///
    /// - Parameters:
    ///   - batch: The records.
    ///   - timeout: How long a held export waits at most.
    /// - Returns: What the script says.
    public func export(_ batch: [LogRecordData], timeout: Duration) -> ExportResult {
        export(timeout) { $0.records += batch }
    }

    private func export(_ timeout: Duration, keep: (inout State) -> Void) -> ExportResult {
        var step = Step.accept
        var number = 0
        let signal = WakeSignal()
        state.change { state in
            step = state.script.popFirst() ?? .accept
            state.begun += 1
            number = state.begun
            if step == .hold { state.held.append(Hold(number: number, signal: signal)) }
        }
        let result: ExportResult
        switch step {
        case .accept, .lose: result = .accepted(rejected: 0)
        case .reject(let count): result = .accepted(rejected: count)
        case .refuse(let reason): result = .refused(reason: reason)
        case .unavailable(let reason): result = .unavailable(reason: reason)
        case .hold:
            signal.wait(for: timeout)
            var ended: ExportResult?
            state.change { state in
                ended = state.held.first { $0.number == number }?.result
                state.held.removeAll { $0.number == number }
            }
            result = ended ?? .unavailable(reason: "the receiver didn't answer in time")
        }
        if case .accepted = result, step != .lose { state.change(keep) }
        return result
    }

    private func end(with result: ExportResult) {
        var signals: [WakeSignal] = []
        state.change { state in
            for index in state.held.indices where state.held[index].result == nil {
                state.held[index].result = result
                signals.append(state.held[index].signal)
            }
        }
        for signal in signals { signal.notify() }
    }
}
