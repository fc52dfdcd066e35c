import Foundation
import Testing

@Suite("The guide from errors to remedies") struct TroubleshootingPageTests {
    /// What services use of the library.
    private static let modules = [
        "Queuert", "QueuertSQLite", "QueuertPostgres", "QueuertGRDB", "QueuertOTel", "QueuertOTelMetrics",
        "QueuertOTelOutbox",
    ]

    private static func page() throws -> String { try Page.read("docs/guides/troubleshooting.md").text }

    /// The lines of a module's sources.
    private static func lines(of module: String) throws -> [Substring] {
        let files = FileManager.default.enumerator(
            at: SwiftCompiler.root.appendingPathComponent("Sources/\(module)"), includingPropertiesForKeys: nil)
        var lines: [Substring] = []
        for case let file as URL in files ?? FileManager.DirectoryEnumerator() where file.pathExtension == "swift" {
            lines += try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        }
        return lines
    }

    @Test("names every error that the library throws", arguments: modules)
    func errors(_ module: String) throws {
        let page = try Self.page()
        let start = "public struct "
        let names = try Self.lines(of: module).filter { $0.hasPrefix(start) }
            .map { line in String(line.dropFirst(start.count).prefix { $0.isLetter || $0.isNumber }) }
            .filter { $0.hasSuffix("Error") }
        if module == "Queuert" { #expect(names.count > 30) }
        #expect(names.filter { !page.contains("`\($0)`") } == [])
    }

    @Test(
        "names every code of an error that has many",
        arguments: [
            ("## SQLite", "QueuertSQLite/Database/SQLiteError.swift"),
            ("## PostgreSQL", "QueuertPostgres/Database/PostgresError.swift"),
            ("## Codes of JobDataError", "Queuert/JobTypes/JobDataError.swift"),
        ])
    func codes(_ heading: String, _ file: String) throws {
        let part = try Self.page().split(separator: "\n").drop { $0 != heading }.dropFirst()
            .prefix { !$0.hasPrefix("## ") }.joined(separator: "\n")
        let codes = try Page.read("Sources/\(file)").text.split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix("public static let ") && $0.contains(" = Self(base: .") }
            .map { String($0.dropFirst("public static let ".count).prefix { $0.isLetter }) }
        #expect(codes.count > 5)
        #expect(codes.filter { !part.contains("`\($0)`") } == [])
    }
}
