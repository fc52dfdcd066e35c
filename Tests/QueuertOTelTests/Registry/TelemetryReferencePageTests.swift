import Foundation
import Testing

@testable import QueuertOTel

@Suite("The page of names") struct TelemetryReferencePageTests {
    private static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/telemetry-reference.md")

    /// Run with `QUEUERT_REWRITE_PAGES=true` to write the page anew.
    @Test("docs/telemetry-reference.md is what the registry says")
    func isCurrent() throws {
        let page = TelemetryReferencePage(.queuert).markdown
        if ProcessInfo.processInfo.environment["QUEUERT_REWRITE_PAGES"] == "true" {
            try page.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: Self.file, encoding: .utf8)
        // A plain comparison: the whole page would not be readable.
        let isCurrent = written == page
        #expect(
            isCurrent,
            "Write it anew: QUEUERT_REWRITE_PAGES=true swift test --filter TelemetryReferencePageTests")
    }

    @Test(
        "the row of an attribute that all spans of a job have names the others that have it",
        arguments: [
            ("messaging.system", "all spans;"), ("messaging.message.id", "all spans of a job |"),
            ("server.address", "all spans of a job, `start {chain}` (CLIENT);"),
            ("queuert.chain.id", "all spans of a job, `chain {chain}`;"),
            ("messaging.message.conversation_id", "all spans of a job, `await {chain}`, `chain {chain}` |"),
            ("messaging.batch.message_count", "`start {chain}` (CLIENT) |"),
        ])
    func places(attribute: String, spans: String) throws {
        let rows = TelemetryReferencePage(.queuert).markdown.split(separator: "\n")
        let row = try #require(rows.last { $0.hasPrefix("| `\(attribute)` |") })
        #expect(row.contains("| \(spans)"))
    }
}
