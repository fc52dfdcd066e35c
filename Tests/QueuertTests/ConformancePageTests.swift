import Foundation
import QueuertConformance
import Testing

@Suite("The page about conformance") struct ConformancePageTests {
    private static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The rows of the tables of the page: the first cell, and what stands between backticks in the last one.
    private static func rows() throws -> [(title: String, names: [String])] {
        let page = try String(contentsOf: root.appending(path: "docs/conformance.md"), encoding: .utf8)
        return page.split(separator: "\n").filter { $0.hasPrefix("| ") }.map { line in
            let cells = line.split(separator: "|")
            return (
                title: (cells.first ?? "").trimmingCharacters(in: .whitespaces),
                names: (cells.last ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
            )
        }
    }

    private static func names() throws -> [String] { try rows().flatMap(\.names) }

    /// The names of all cases, without the mode or the seed that they run with.
    private static var cases: [String] {
        (StateConformance(of: MemoryUnderTest()).cases + WorkerConformance(of: MemoryUnderTest()).cases
            + NotifyConformance(of: InProcessUnderTest()).cases)
            .map(\.name)
    }

    /// The names of all other tests.
    private static func tests() throws -> Set<String> {
        var names: Set<String> = []
        for text in try texts(below: "Tests") + texts(below: "Examples") {
            for match in text.matches(of: /@Test\(\s*"([^"]+)"/) { names.insert(String(match.1)) }
        }
        return names
    }

    /// The tests whose arguments are cases, by suite.
    private static func testsOfCases() throws -> [String: Set<String>] {
        var names: [String: Set<String>] = [:]
        for text in try texts(below: "Tests") {
            var suite = ""
            for match in text.matches(of: /@(Suite|Test)\(\s*"([^"]+)"([^@{]*)/) {
                if match.1 == "Suite" {
                    suite = String(match.2)
                } else if match.3.contains("Conformance(of:") {
                    names[suite, default: []].insert(String(match.2))
                }
            }
        }
        return names
    }

    /// What the Swift files of a folder hold.
    private static func texts(below folder: String) throws -> [String] {
        let files = FileManager.default.enumerator(
            at: root.appending(path: folder), includingPropertiesForKeys: nil, options: .skipsHiddenFiles)
        var texts: [String] = []
        for case let file as URL in files ?? FileManager.DirectoryEnumerator() where file.pathExtension == "swift" {
            texts.append(try String(contentsOf: file, encoding: .utf8))
        }
        return texts
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

    @Test("says which tests run the cases, and leaves none out")
    func namesTestsOfCases() throws {
        let rows = try Self.rows()
        for (suite, tests) in try Self.testsOfCases() {
            let row = try #require(rows.first { $0.title == suite }, "docs/conformance.md doesn't name “\(suite)”")
            #expect(Set(row.names) == tests, "docs/conformance.md names other tests of “\(suite)”")
        }
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
