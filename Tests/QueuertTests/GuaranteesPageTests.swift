import Foundation
import QueuertConformance
import Testing

@Suite("The page about guarantees") struct GuaranteesPageTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What stands between backticks where the page says what proves a guarantee, with the guarantee.
    private static func proofs() throws -> [(guarantee: String, names: [String])] {
        let page = try String(contentsOf: root.appending(path: "docs/guarantees.md"), encoding: .utf8)
        return page.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst(2).compactMap { line in
            let cells = line.split(separator: "|")
            guard cells.count == 2 else { return nil }
            return (String(cells[0]), cells[1].matches(of: /`([^`]+)`/).map { String($0.1) })
        }
    }

    private static func files(_ folder: String) -> [URL] {
        let files = FileManager.default.enumerator(
            at: root.appending(path: folder), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    /// The sentences of all tests.
    private static func sentences() throws -> Set<String> {
        var sentences: Set<String> = []
        for file in files("Tests") + files("Examples") {
            let text = try String(contentsOf: file, encoding: .utf8)
            for match in text.matches(of: /@Test\(\s*"([^"]+)"/) { sentences.insert(String(match.1)) }
        }
        return sentences
    }

    @Test("names files, folders and tests that exist, for each guarantee")
    func namesWhatExists() throws {
        let cases = Set(Self.files("Sources/QueuertConformance").map(\.lastPathComponent))
        let sentences = try Self.sentences()
        func exists(_ name: String) -> Bool {
            if ["StateConformance", "WorkerConformance", "NotifyConformance"].contains(name) { return true }
            if name.contains(" ") { return sentences.contains(name) }
            if name.hasSuffix(".swift"), !name.contains("/") { return cases.contains(name) }
            return ["Tests/\(name)", "Tests/\(name).swift", name, "\(name).swift"].contains {
                FileManager.default.fileExists(atPath: Self.root.appending(path: $0).path)
            }
        }
        let proofs = try Self.proofs()
        #expect(proofs.count > 30)
        for (guarantee, names) in proofs {
            #expect(!names.isEmpty, "nothing proves: \(guarantee)")
            for name in names { #expect(exists(name), "docs/guarantees.md names \(name), which doesn't exist") }
        }
    }
}
