import Foundation
import Testing

/// The ideas of the harness that are tested by name, A1 to A13 of the reference.
@Suite("Ideas of the harness") struct SpecificationTests {
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

    @Test("each idea has a test that names it", arguments: 1...13)
    func everyIdeaIsTested(number: Int) throws {
        let isNamed = try Self.testNames().contains { $0.split(separator: " ").contains("A\(number)") }
        #expect(isNamed, "no test names A\(number)")
    }
}
