internal import Logging

/// Where errors are told, of attempts and of what is refused, given what there is to tell them with.
struct ExceptionPlaces: Sendable {
    /// Whether they are told on spans.
    let onSpans: Bool
    /// Whether they are told as log records.
    let asRecords: Bool
    /// Says that they are told on spans for want of log records; `nil` where that isn't so.
    let warning: SingleWarning?

    init(_ signal: QueueInstrumentation.ExceptionSignal?, hasRecords: Bool, logger: Logger) {
        let signal = signal ?? .spans
        asRecords = signal != .spans && hasRecords
        onSpans = signal != .logs || !hasRecords
        warning =
            signal == .logs && !hasRecords
            ? SingleWarning(
                """
                Errors are to be told as log records, which go nowhere. They are told on spans instead. Export log \
                records, or ask for errors on spans.
                """, logger: logger) : nil
    }
}
