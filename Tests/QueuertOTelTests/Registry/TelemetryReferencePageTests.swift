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
}
