import Foundation
import Testing

@testable import QueuertOTel

@Suite("The collector's copy of the registry") struct TelemetryRegistryFileTests {
    private static let file = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "collector/Page/registry.json")

    /// Run with `QUEUERT_REWRITE_PAGES=true` to write the file anew, and `collector/embed-page.sh` after it.
    @Test("collector/Page/registry.json is what the registry says")
    func isCurrent() throws {
        let text = try TelemetryRegistryFile(.queuert).text
        if ProcessInfo.processInfo.environment["QUEUERT_REWRITE_PAGES"] == "true" {
            try text.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: Self.file, encoding: .utf8)
        // A plain comparison: the whole file would not be readable.
        let isCurrent = written == text
        #expect(
            isCurrent,
            "Write it anew: QUEUERT_REWRITE_PAGES=true swift test --filter TelemetryRegistryFileTests")
    }
}
