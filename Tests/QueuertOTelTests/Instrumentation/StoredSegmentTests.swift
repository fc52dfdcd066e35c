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
            "other", "", "!", "bounded", "bounded:1", "bounded:-1:5", "bounded:1:0", "bounded:1:2:3", "single:1",
            "bounded:1.5:2",
        ])
    func unknownMode(mode: String) {
        let segment = TraceSegment(stored: "3;5;1;\(mode)")
        #expect(segment == TraceSegment(number: 3, start: Timestamp(microseconds: 5), firstIndex: 1))
    }

    @Test(
        "T05 a segment that can't be read is none",
        arguments: ["", "1;2", "-1;2;3", "1;2;-3", "1;x;3", "1;2;3;single;5"])
    func unreadable(stored: String) {
        #expect(TraceSegment(stored: stored) == nil)
    }
}
