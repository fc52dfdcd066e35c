import Queuert
import Testing

@testable import QueuertPostgres

@Suite("A hint as notifications carry it") struct HintPayloadTests {
    @Test("names are read as they were written, also those that would join with what is beside them")
    func oddNames() {
        let names = [
            "a\r", "b\r", "\u{301}x", "\u{301}", "a\r\nb", "\r", "\\\r", "\\\u{301}", " x", "a\u{1a}", "\u{1a}0",
            "\\\u{1a}",
        ]
        let ids = Set(names.map(JobID.init(rawValue:)))
        let hints = [
            WakeHint(dueTypes: Set(names)),
            WakeHint(dueJobs: Dictionary(uniqueKeysWithValues: names.map { ($0, 2) })),
            WakeHint(completedChains: ids),
            WakeHint(lostLeases: ids),
            WakeHint(isGap: true),
            WakeHint(dueTypes: Set(names), isGap: true),
        ]
        for hint in hints {
            let payload = HintPayload(hint)
            #expect(payload.texts.compactMap { HintPayload($0) } == [payload])
            // It would be sent as two, which nobody takes for one.
            #expect(!payload.texts.contains { $0.unicodeScalars.contains("\u{1a}") })
        }
    }

    @Test("no text is longer than PostgreSQL allows, as it is sent")
    func limit() {
        let names = [10, 90, 190].map {
            String(repeating: "x", count: 7_700) + String(repeating: "\u{1a}", count: $0)
        }
        let lengths = HintPayload(WakeHint(dueTypes: Set(names))).texts.map { text in
            var bytes: [UInt8] = []
            bytes.append(text: text)
            return bytes.count
        }
        // The longest is left out.
        #expect(lengths.count == 2)
        #expect(lengths.allSatisfy { $0 < 8_000 })
    }
}
