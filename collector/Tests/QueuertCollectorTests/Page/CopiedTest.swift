import Foundation
import QueuertOTel
import QueuertTraceTesting

/// What the page gives to copy for a chain of ``TracedShop``, as somebody pastes it into a test.
enum CopiedTest {
    /// Compares traces with what was copied.
    static func expect(of recorder: CollectedTraces) async throws {
        // What follows is what the page gives, unchanged.
        // swift-format-ignore
        try await recorder.expect {
            trace {
                span("start order", .producer) {
                    span("chain order", .internal, ["queuert.chain.jobs": 2])
                        .linked(to: "s1", type: "completed_by")
                    span("wait order", .internal)
                        .optional()
                    span("process order", .consumer, ["error.type": "OutOfStock", "queuert.attempt.result": "failed", "queuert.job.attempt": 1])
                        .status(.error("OutOfStock"))
                        .linked(to: "s2", type: "creation")
                        .named("s3")
                    span("process order", .consumer, ["queuert.attempt.result": "completed", "queuert.job.attempt": 2]) {
                        span("complete order", .client)
                    }
                    .linked(to: "s2", type: "creation")
                    .linked(to: "s3", type: "retry_of")
                    .named("s4")
                    span("continue invoice", .producer) {
                        span("process invoice", .consumer, ["queuert.attempt.result": "completed", "queuert.job.attempt": 1]) {
                            span("complete invoice", .client)
                        }
                        .linked(to: "s5", type: "creation")
                        .named("s1")
                    }
                    .linked(to: "s4", type: "origin")
                    .named("s5")
                }
                .named("s2")
            }
        }
        // That was it.
    }

    /// The text between the comments above.
    static var text: String {
        get throws {
            let lines = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8).split(
                separator: "\n", omittingEmptySubsequences: false)
            let copied = lines.drop { !$0.hasSuffix("// swift-format-ignore") }.dropFirst()
                .prefix { !$0.hasSuffix("// That was it.") }
            return copied.map { $0.dropFirst(8) }.joined(separator: "\n")
        }
    }
}
