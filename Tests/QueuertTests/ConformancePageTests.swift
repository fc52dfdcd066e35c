import Foundation
import QueuertConformance
import Testing

@Suite("The page about conformance") struct ConformancePageTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// What stands between backticks in the tables of the page.
    private static func names() throws -> [String] {
        let page = try String(contentsOf: root.appending(path: "docs/conformance.md"), encoding: .utf8)
        return page.split(separator: "\n").filter { $0.hasPrefix("| ") }.flatMap { line in
            let cells = line.split(separator: "|")
            return (cells.last ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
        }
    }

    /// The names of all cases, without the mode or the seed that they run with.
    private static var cases: [String] {
        (StateConformance(of: MemoryUnderTest()).cases + WorkerConformance(of: MemoryUnderTest()).cases
            + NotifyConformance(of: InProcessUnderTest()).cases)
            .map(\.name)
    }

    /// The names of all other tests.
    private static func tests() throws -> Set<String> {
        var names: Set<String> = []
        for folder in ["Tests", "Examples"] {
            let files = FileManager.default.enumerator(
                at: root.appending(path: folder), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
            for case let file as URL in files ?? FileManager.DirectoryEnumerator() where file.pathExtension == "swift" {
                let text = try String(contentsOf: file, encoding: .utf8)
                for match in text.matches(of: /@Test\(\s*"([^"]+)"/) { names.insert(String(match.1)) }
            }
        }
        return names
    }

    @Test("names cases that exist")
    func namesExistingCases() throws {
        let known = try Set(Self.cases.map { String($0.prefix { $0 != "(" }).trimmingCharacters(in: .whitespaces) })
            .union(Self.cases).union(Self.tests())
        let names = try Self.names().filter { $0.contains(" ") }
        #expect(names.count > 60)
        for name in names { #expect(known.contains(name), "docs/conformance.md names a case that doesn't exist") }
    }

    @Test("names files of cases that exist, and leaves none out")
    func namesExistingFiles() throws {
        let folder = Self.root.appending(path: "Sources/QueuertConformance")
        func files(_ path: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: path).path)
                .map { String($0.dropLast(".swift".count)) }
        }
        let state = try files("State/Cases")
        let named = Set(try Self.names().filter { $0.hasSuffix("Cases") })
        #expect(named.subtracting(state) == [])
        #expect(Set(state).subtracting(named) == [])
    }

    @Test("no two cases have one name")
    func namesAreUnique() {
        for cases in [
            StateConformance(of: MemoryUnderTest()).cases, WorkerConformance(of: MemoryUnderTest()).cases,
            NotifyConformance(of: InProcessUnderTest()).cases,
        ] {
            let names = cases.map(\.name)
            #expect(Set(names).count == names.count)
        }
    }
}
