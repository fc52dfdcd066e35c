import Queuert
import Testing

@Suite("Rows of jobs") struct JobRowTests {
    private let row = JobRow(
        id: JobID(rawValue: "a"), typeName: "job", chainID: JobID(rawValue: "a"), chainTypeName: "job", chainIndex: 0,
        input: "1", createdAt: Timestamp(microseconds: 1), scheduledAt: Timestamp(microseconds: 1), readyAt: nil,
        hasOpenBlockers: false)

    @Test("are values: a copy that is changed leaves the other as it was")
    func values() {
        var copy = row
        #expect(copy == row && copy.hashValue == row.hashValue)
        copy.attempt = 2
        copy.trace.carrier = "text"
        #expect(row.attempt == 0 && row.trace.carrier == nil)
        #expect(copy != row)
    }

    @Test("show their columns when they are printed")
    func text() {
        let text = String(describing: row)
        #expect(text.contains("typeName: \"job\"") && text.contains("chainIndex: 0"))
    }
}
