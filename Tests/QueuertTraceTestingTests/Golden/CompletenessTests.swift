import QueuertOTel
import Testing

@testable import QueuertTraceTesting

@Suite("Whether anything more is to come in traces") struct CompletenessTests {
    private func start(_ attributes: [String: AttributeValue]) -> TraceForest {
        TraceForest([QueueSpans.span(1, "start order", kind: .producer, attributes)])
    }

    @Test("a chain that was started goes on, and one that was rolled back or refused never was")
    func starts() {
        #expect(!start([:]).isComplete)
        #expect(start(["error.type": "rollback", "queuert.transaction.outcome": "rolled_back"]).isComplete)
        #expect(start(["error.type": "ChainNotFoundError"]).isComplete)
    }
}
