import Foundation
import Testing

/// A mistake that users make, which must stay a compile error.
private struct Mistake: Sendable, CustomTestStringConvertible {
    let file: URL
    /// Words that the compiler's error must contain.
    let expectedWords: String

    var testDescription: String { file.deletingPathExtension().lastPathComponent }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("MustNotCompile")

    static func all() throws -> [Mistake] {
        let mistakes = folder.appendingPathComponent("Mistakes")
        let files = try FileManager.default.contentsOfDirectory(at: mistakes, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { file in
            let text = try String(contentsOf: file, encoding: .utf8)
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(Self.marker) }, "\(file.path)")
            return Mistake(file: file, expectedWords: String(line.dropFirst(Self.marker.count)))
        }
    }
    private static let marker = "// expect: "
}

@Suite("Mistakes in the use of job types", .timeLimit(.minutes(20))) struct MistakeTests {
    @Test("what is right compiles")
    func rightCompiles() async throws {
        let result = try await SwiftCompiler.compile(
            ["Prelude.swift", "Right.swift"].map { Mistake.folder.appendingPathComponent($0) })
        #expect(result.status == 0, "\(result.output)")
    }

    @Test("each mistake is refused by the compiler, in words that tell it", arguments: try Mistake.all())
    private func mistakeIsRefused(_ mistake: Mistake) async throws {
        let result = try await SwiftCompiler.compile(
            [Mistake.folder.appendingPathComponent("Prelude.swift"), mistake.file])
        #expect(result.status != 0, "it compiles")
        let errors = result.output.split(separator: "\n").filter { $0.contains(": error: ") }
        #expect(errors.contains { $0.contains(mistake.expectedWords) }, "\(result.output)")
        #expect(!errors.contains { $0.contains("Prelude.swift") }, "\(result.output)")
    }

    @Test("the mistakes are all there")
    func mistakesAreThere() throws { #expect(try Mistake.all().count == 33) }
}
