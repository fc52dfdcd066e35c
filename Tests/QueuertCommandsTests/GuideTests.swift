#if CommandLine
import Foundation
import Queuert
import Testing

@testable import QueuertCommands

@Suite("The guide to the command line", .serialized, .timeLimit(.minutes(20))) struct GuideTests {
    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    private static func text(of path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    private static func guide() throws -> String { try text(of: "docs/guides/command-line.md") }

    @Test("names every key that programs find", arguments: DatabaseKind.allCases)
    func keys(_ kind: DatabaseKind) async throws {
        let guide = try Self.guide()
        try await withQueue(kind) { queue in
            let failed = try await queue.startFailed()
            let job = try await queue.start("report", waitingFor: [failed])
            var runs = [
                await queue.command("doctor", "--json"), await queue.command("jobs", "--json", "--show-data"),
                await queue.command("chains", "--json", "--show-data"),
                await queue.command("why", job.rawValue, "--json"),
                await queue.command("why", failed.rawValue, "--json", "--show-data"),
                await queue.command("migrate", "--json"), await queue.command("redrive", failed.rawValue, "--json"),
                await queue.command("cleanup", "--older-than", "1d", "--json"),
            ]
            runs.append(await queue.command("trigger", failed.rawValue, "--json"))
            var missing: Set<String> = []
            for run in runs { missing.formUnion(try run.json.keys.filter { !guide.contains("`\($0)`") }) }
            #expect(missing.isEmpty)
        }
    }

    /// The codes of all findings that there are.
    private static func codes() throws -> Set<String> {
        let folder = root.appendingPathComponent("Sources")
        var words: Set<String> = []
        for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            ?? FileManager.DirectoryEnumerator() where file.pathExtension == "swift"
        {
            let text = try String(contentsOf: file, encoding: .utf8)
            guard text.contains("extension DiagnosisFinding.Code {") else { continue }
            words.formUnion(text.matches(of: /Self\(rawValue: "(\w+)"\)/).map { String($0.output.1) })
        }
        return words
    }

    @Test("names every finding of the doctor")
    func findings() throws {
        let guide = try Self.guide()
        let codes = try Self.codes()
        #expect(codes.count > 20)
        #expect(codes.filter { !guide.contains("`\($0)`") }.isEmpty)
    }

    @Test("lists every status that the program ends with, and no other")
    func statuses() async throws {
        let listed = try Self.guide().split(separator: "\n").compactMap { line in
            line.prefixMatch(of: /\| (\d+) \|/).flatMap { Int32($0.output.1) }
        }
        let misused = await CommandRun(["mend"]).status
        // That of a program without commands, which isn't the one that is built here.
        let literals = try Self.text(of: "Sources/queuert-cli/Main.swift").matches(of: /exit\((\d+)\)/)
        let withoutCommands = literals.compactMap { Int32($0.output.1) }
        #expect(withoutCommands == [69])
        #expect(misused == 64)
        #expect(listed == CommandStatus.allCases.map(\.rawValue) + [misused] + withoutCommands)
    }

    @Test("every finding may be ignored, and what is none may not")
    func ignoredFindings() throws {
        #expect(try Set(FindingArgument.allValueStrings) == Self.codes())
        #expect(FindingArgument(argument: "knownFault")?.code.rawValue == "knownFault")
        #expect(FindingArgument(argument: "knownfault") == nil)
    }
}
#endif
