import Foundation
import QueuertTraceTesting

/// What the page gives to copy for a chain of ``TracedShop``, as somebody pastes it into a test.
enum CopiedTest {
    /// Compares traces with what was copied.
    static func expect(of recorder: CollectedTraces) async throws {
        // What follows is what the page gives, unchanged.
        // swift-format-ignore
        try await recorder.expect {}
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
