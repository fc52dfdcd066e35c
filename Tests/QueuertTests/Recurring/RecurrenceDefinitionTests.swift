import Foundation
import Testing

@testable import Queuert

@Suite("Definitions of what recurs") struct RecurrenceDefinitionTests {
    private func definition(_ trace: StoredTraceMode?) throws -> RecurrenceDefinition {
        RecurrenceDefinition(
            rule: try .every(.seconds(60)), missedRuns: .once, overlappingRuns: .skip, priority: .normal, trace: trace,
            entryTypeName: "report", input: .fixed(text: "1", comparable: "1"))
    }

    @Test("one that was stored before there were trace modes is the one without")
    func withoutMode() throws {
        let stored = """
            {"rule": {"everyMicroseconds": 60000000, "fromMicroseconds": 0}, "missedRuns": {"form": {"once": {}}},
            "overlappingRuns": "skip", "priority": 0, "entryTypeName": "report",
            "input": {"fixed": {"text": "1", "comparable": "1"}}}
            """
        let read = try JSONDecoder().decode(RecurrenceDefinition.self, from: Data(stored.utf8))
        #expect(try read == definition(nil))
        #expect(try !canonicalJSON(definition(nil)).contains("trace"))
    }

    @Test(
        "are read with the trace mode that they were written with",
        arguments: [
            TraceMode.single, .linked, .bounded, .bounded(window: .microseconds(1), jobs: 1),
            .bounded(window: .zero, jobs: .max),
        ])
    func mode(_ mode: TraceMode) throws {
        let written = try definition(StoredTraceMode(mode))
        let read = try JSONDecoder().decode(
            RecurrenceDefinition.self, from: Data(try canonicalJSON(written).utf8))
        #expect(read == written)
        #expect(read.trace?.mode == mode)
    }
}
