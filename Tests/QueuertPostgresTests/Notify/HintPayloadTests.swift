import Queuert
import Testing

@testable import QueuertPostgres

@Suite("A hint as notifications carry it") struct HintPayloadTests {
    @Test("names are read as they were written, also those that would join with what is beside them")
    func oddNames() {
        let names = ["a\r", "b\r", "\u{301}x", "\u{301}", "a\r\nb", "\r", "\\\r", "\\\u{301}", " x"]
        let ids = Set(names.map(JobID.init(rawValue:)))
        let hints = [
            WakeHint(dueTypes: Set(names)),
            WakeHint(dueJobs: Dictionary(uniqueKeysWithValues: names.map { ($0, 2) })),
            WakeHint(completedChains: ids),
            WakeHint(lostLeases: ids),
        ]
        for hint in hints {
            let payload = HintPayload(hint)
            #expect(payload.texts.compactMap { HintPayload($0) } == [payload])
        }
    }
}
