#if CommandLine
import Foundation
import ProcessTestSupport
import Testing

@Suite("The program `queuert`") struct ProgramTests {
    /// The folder in which the package was built, which holds the test bundle and the program.
    private static func program() throws -> URL {
        let bundle = try #require(CommandLine.arguments.first.map { URL(fileURLWithPath: $0) })
        let folders = sequence(first: bundle.resolvingSymlinksInPath()) { url in
            url.pathComponents.count > 1 ? url.deletingLastPathComponent() : nil
        }
        let programs = folders.map { $0.appendingPathComponent("queuert") }
        return try #require(
            programs.first { !$0.hasDirectoryPath && FileManager.default.isExecutableFile(atPath: $0.path) },
            "There is no program near \(bundle.path).")
    }

    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> CommandRun {
        let (output, errors) = (try ProgramOutput(), try ProgramOutput())
        let process = try ChildProcess(
            try Self.program().path, arguments, environment: environment, output: output.output, errors: errors.output)
        for pipe in [output, errors] { pipe.closeWriting() }
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                // It writes less than a pipe holds, so it ends before anybody reads.
                let status = process.wait()
                continuation.resume(
                    returning: CommandRun(status: status, output: output.rest(), errors: errors.rest()))
            }
        }
    }

    @Test("prints to the standard output, and errors to the standard error, and ends with the command's status")
    func status() async throws {
        try await withSQLiteFile { path in
            let migrated = try await run("migrate", environment: ["QUEUERT_DATABASE": path])
            #expect(migrated.status == 0)
            #expect(migrated.output.hasPrefix("applied 0001-jobs\n"))
            #expect(migrated.errors.isEmpty)
            let refused = try await run("why", "nobody", "--database", path)
            #expect(refused.status == 1)
            #expect(refused.output.isEmpty)
            #expect(refused.errors.hasPrefix("queuert: There is no job nobody."))
            let unknown = try await run("doctor")
            #expect(unknown.status == 2)
        }
    }
}
#endif
