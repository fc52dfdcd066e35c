public import Queuert
internal import Synchronization

/// At which moment of a transaction its telemetry is told.
enum TellingMoment: Sendable {
    /// After the commit, and nothing was told before.
    case afterCommit
    /// Before the commit: spans are collected, and nothing else is told.
    case beforeCommit(CollectedSpans)
    /// After the commit, of which the spans were collected before: at that time, if there were any.
    case afterRecording(at: UInt64?)

    @TaskLocal static var current = TellingMoment.afterCommit
}

/// Spans of a transaction that is about to be committed.
final class CollectedSpans: Sendable {
    /// When they are collected, in nanoseconds since 1970.
    let time: UInt64
    private let spans = Mutex<[SpanData]>([])

    init(at time: UInt64) { self.time = time }

    func append(_ span: SpanData) { spans.withLock { $0.append(span) } }

    var all: [SpanData] { spans.withLock { $0 } }
}

extension QueueInstrumentation {
    /// The database that the outbox is in, as far as it is known.
    public var outboxDatabase: DatabaseIdentity? { outbox?.database }

    /// Makes messages of the spans of what a transaction has written.
    ///
    /// - Parameter tell: Tells what was written.
    /// - Returns: The messages.
    public func recordTransaction(_ tell: () -> Void) -> [TelemetryMessage] {
        guard let outbox else { return [] }
        let spans = CollectedSpans(at: tracer.now)
        TellingMoment.$current.withValue(.beforeCommit(spans)) { tell() }
        return outbox.messages(of: spans.all, collectedAt: spans.time)
    }

    /// Tells what is not in the messages: metrics and events.
    ///
    /// - Parameters:
    ///   - messages: What was written with the transaction.
    ///   - tell: Tells what was written.
    public func transactionCommitted(recorded messages: [TelemetryMessage], _ tell: () -> Void) {
        let time = TransactionOutbox.time(of: messages)
        TellingMoment.$current.withValue(.afterRecording(at: time)) { tell() }
        outbox?.committed(messages)
    }

    /// The moment, looked up only where it matters.
    var moment: TellingMoment { recordsTransactions ? TellingMoment.current : .afterCommit }

    /// Whether what is told may still be undone.
    var isBeforeCommit: Bool {
        if recordsTransactions, case .beforeCommit = TellingMoment.current { return true }
        return false
    }

    /// When what is being told has ended.
    ///
    /// What is told twice ends when it is told first, so that metrics tell the durations that spans have.
    var endTime: UInt64 {
        switch moment {
        case .afterCommit: tracer.now
        case .beforeCommit(let spans): spans.time
        case .afterRecording(let time): time ?? tracer.now
        }
    }

    /// Where metrics are measured; nowhere as long as what is told may be undone.
    var metrics: QueueMetrics? { isBeforeCommit ? nil : allMetrics }

    /// Where events go; nowhere as long as what is told may be undone.
    var events: QueueEventLog? { isBeforeCommit ? nil : allEvents }

    /// Counts a span that is told as a whole, when it is over: once it can't be undone.
    func count(_ context: TraceContext, below parent: TraceContext?) {
        if !isBeforeCommit { tracer.count(context, below: parent) }
    }

    /// Hands over a span that has ended.
    func emit(_ span: consuming SpanData) {
        guard recordsTransactions else { return tracer.emit(span) }
        switch TellingMoment.current {
        case .afterCommit: tracer.emit(span)
        case .beforeCommit(let spans): if let span = tracer.limited(span) { spans.append(span) }
        case .afterRecording: break
        }
    }
}
