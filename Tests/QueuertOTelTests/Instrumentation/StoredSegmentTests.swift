import Queuert
import Testing

@testable import QueuertOTel

@Suite("Stored segments") struct StoredSegmentTests {
    @Test(
        "a segment is read as it was written",
        arguments: [
            TraceMode.single, TraceMode.linked, TraceMode.bounded, TraceMode.bounded(window: .microseconds(1), jobs: 1),
            TraceMode.bounded(window: .zero, jobs: .max),
        ])
    func roundTrip(mode: TraceMode) {
        for isModeOfCall in [false, true] {
            let segment = TraceSegment(
                number: 2, start: Timestamp(microseconds: 1_893_456_000_000_001), firstIndex: 7, mode: mode,
                isModeOfCall: isModeOfCall)
            #expect(TraceSegment(stored: segment.stored) == segment)
        }
        #expect(TraceSegment(stored: "0;5;0")?.stored == "0;5;0")
    }

    @Test("the largest numbers have room", arguments: [Int64.min, -10, 0, 9, 10, .max])
    func largest(start: Int64) {
        let segment = TraceSegment(
            number: .max, start: Timestamp(microseconds: start), firstIndex: .max,
            mode: .bounded(window: .microseconds(Int64.max), jobs: .max), isModeOfCall: true)
        let text = "\(Int.max);\(start);\(Int.max);!bounded:\(Int64.max):\(Int.max)"
        #expect(segment.stored == text)
        // The least of all has no positive counterpart, and no moment is so early.
        if start != .min { #expect(TraceSegment(stored: text) == segment) }
    }

    @Test("a window that no number of microseconds holds is the longest that one does")
    func endless() {
        for window in [Duration.seconds(Int64.max), .microseconds(Int64.max) + .microseconds(1)] {
            let endless = TraceMode.bounded(window: window, jobs: 5)
            #expect(endless.stored == "bounded:\(Int64.max):5")
            let read = TraceMode(stored: endless.stored.utf8.span, from: 0)
            #expect(read == .bounded(window: .microseconds(Int64.max), jobs: 5))
        }
    }

    @Test(
        "T05 a mode that can't be read costs the mode, not the segment",
        arguments: [
            "other", "", "!", "bounded:", "boundedly", "bounded:1", "bounded:-1:5", "bounded:1:0", "bounded:1:2:3",
            "single:1", "bounded:1.5:2",
        ])
    func unknownMode(mode: String) {
        let segment = TraceSegment(stored: "3;5;1;\(mode)")
        #expect(segment == TraceSegment(number: 3, start: Timestamp(microseconds: 5), firstIndex: 1))
    }

    @Test(
        "T05 a segment that can't be read is none",
        arguments: ["", "1;2", "-1;2;3", "1;2;-", "1;x;3", "1;2;3;single;5"])
    func unreadable(stored: String) {
        #expect(TraceSegment(stored: stored) == nil)
    }

    @Test("nothing beside a context stands for bounded, whatever this process's mode is", arguments: [true, false])
    func nothing(isTraced: Bool) throws {
        let instrumentation = QueueInstrumentation(
            tracer: SpanTracer(processor: CollectingSpanProcessor()), configuration: .init(mode: .linked))
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let now = Timestamp(microseconds: 1_893_456_000_000_000)
        let id = JobID(rawValue: "job")
        let row = JobRow(
            id: id, typeName: "single", chainID: id, chainTypeName: "single", chainIndex: 0, input: "1", createdAt: now,
            scheduledAt: now, readyAt: now, attempt: 1, lastAttemptAt: now, hasOpenBlockers: false,
            trace: JobTraceColumns(jobContext: isTraced ? traceparent : nil))
        #expect(TraceSegment(of: row).mode == (isTraced ? .bounded(window: .seconds(900), jobs: 100) : nil))
        let attempt = try #require(instrumentation.attempt(ClaimedJob(row: row)) as? AttemptSpan)
        #expect((attempt.spanContext.traceID == TraceContext(traceparent: traceparent)?.traceID) == isTraced)
    }

    @Test("what begins with a chain is stored as its mode, and as nothing if that is bounded and no call's")
    func beginning() {
        func stored(_ mode: TraceMode, ofCall isModeOfCall: Bool = false) -> String? {
            TraceSegment(
                number: 0, start: Timestamp(microseconds: 5), firstIndex: 0, mode: mode, isModeOfCall: isModeOfCall
            ).storedAtBeginning
        }
        #expect(stored(.bounded) == nil)
        #expect(stored(.bounded, ofCall: true) == "!bounded")
        #expect(stored(.linked) == "linked")
        #expect(stored(.bounded(window: .seconds(1), jobs: 2)) == "bounded:1000000:2")
    }

    @Test(
        "T05 a segment at the end of what numbers can say makes no attempt fail",
        arguments: [
            ("\(Int.max);0;0;linked", Int.max), ("0;-\(Int64.max);0;bounded:1:1", 1),
            ("0;\(Int64.max);-\(Int.max);bounded:1:1", 1),
        ])
    func extreme(stored: String, number: Int) throws {
        let instrumentation = QueueInstrumentation(tracer: SpanTracer(processor: CollectingSpanProcessor()))
        let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let now = Timestamp(microseconds: 1_893_456_000_000_000)
        let row = JobRow(
            id: JobID(rawValue: "job"), typeName: "single", chainID: JobID(rawValue: "chain"),
            chainTypeName: "single", chainIndex: 7, input: "1", createdAt: now, scheduledAt: now, readyAt: now,
            attempt: 1, lastAttemptAt: now, hasOpenBlockers: false,
            trace: JobTraceColumns(chainContext: traceparent, jobContext: traceparent, segment: stored))
        let attempt = try #require(instrumentation.attempt(ClaimedJob(row: row)) as? AttemptSpan)
        #expect(attempt.segment.number == number)
        #expect(TraceSegment(stored: attempt.segment.stored) == attempt.segment)
    }

    @Test("a chain that recurs counts on where the job before it stood in the segment")
    func recurring() {
        let mode = TraceMode.bounded(jobs: 5)
        let segment = TraceSegment(number: 3, start: Timestamp(microseconds: 5), firstIndex: 2, mode: mode)
        let next = segment.counted(afterJobAt: 4)
        // Three jobs of the segment came before.
        #expect(next == TraceSegment(number: 3, start: Timestamp(microseconds: 5), firstIndex: -3, mode: mode))
        #expect(TraceSegment(stored: next.stored) == next)
        #expect(!next.isOver(at: next.start, chainIndex: 1, mode: mode))
        #expect(next.isOver(at: next.start, chainIndex: 2, mode: mode))
    }
}
