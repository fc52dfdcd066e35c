import Foundation
import Testing

/// The rules that are tested by name: X of the exporter, B of batches, sampling and spans, T of trace contexts.
@Suite("Rules of OpenTelemetry") struct SpecificationTests {
    /// The names of all tests of this target.
    private static func testNames() throws -> [String] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var names: [String] = []
        for case let file as URL in files ?? FileManager.DirectoryEnumerator() where file.pathExtension == "swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            names += text.matches(of: /@Test\(\s*"([^"]+)"/).map { String($0.1) }
        }
        return names
    }

    @Test("each rule has a test that names it", arguments: [("X", 22), ("B", 11), ("T", 5)])
    func everyRuleIsTested(letter: String, count: Int) throws {
        let names = try Self.testNames()
        for number in 1...count {
            let rule = letter + (number < 10 ? "0" : "") + "\(number)"
            #expect(names.contains { $0.split(separator: " ").contains(Substring(rule)) }, "no test names \(rule)")
        }
    }
}
