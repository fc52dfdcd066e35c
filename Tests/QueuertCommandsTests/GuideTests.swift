#if CommandLine
import Foundation
import Queuert
import Testing

@testable import QueuertCommands

@Suite("The guide to the command line", .serialized, .timeLimit(.minutes(20))) struct GuideTests {
    private static func guide() throws -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appendingPathComponent("docs/guides/command-line.md"), encoding: .utf8)
    }

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
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
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

    @Test("every finding may be ignored, and what is none may not")
    func ignoredFindings() throws {
        #expect(try Set(FindingArgument.allValueStrings) == Self.codes())
        #expect(FindingArgument(argument: "knownFault")?.code.rawValue == "knownFault")
        #expect(FindingArgument(argument: "knownfault") == nil)
    }
}
#endif
