#if CommandLine
import Foundation
import Glibc
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

    /// Runs the program, which a shell's script becomes if there is one, and which writes to a file if there is one.
    private func run(
        _ arguments: [String], environment: [String: String] = [:], by script: String? = nil,
        to file: ChildProcess.Output? = nil
    ) async throws -> CommandRun {
        let (output, errors) = (try ProgramOutput(), try ProgramOutput())
        let program = try Self.program().path
        let process = try ChildProcess(
            script == nil ? program : "/bin/sh", (script.map { ["-c", $0, program] } ?? []) + arguments,
            environment: environment, output: file ?? output.output, errors: errors.output)
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
            let migrated = try await run(["migrate"], environment: ["QUEUERT_DATABASE": path])
            #expect(migrated.status == 0)
            #expect(migrated.output.hasPrefix("applied 0001-jobs\n"))
            #expect(migrated.errors.isEmpty)
            let refused = try await run(["why", "nobody", "--database", path])
            #expect(refused.status == 1)
            #expect(refused.output.isEmpty)
            #expect(refused.errors.hasPrefix("queuert: There is no job nobody."))
            let unknown = try await run(["doctor"])
            #expect(unknown.status == 2)
        }
    }

    @Test("says that its output can't be written, and ends with 1", arguments: ["/dev/full", "&-"])
    func outputNotWritten(_ file: String) async throws {
        try await withSQLiteFile { path in
            _ = try await run(["migrate", "--database", path])
            for arguments in [["jobs", "--json", "--database", path], ["--help"]] {
                let unwritten = try await run(arguments, by: #"exec "$0" "$@" >"# + file)
                #expect(unwritten.status == 1)
                let sentence = "queuert: The output could not be written: "
                #expect(unwritten.errors.hasPrefix(sentence), "\(unwritten.errors)")
            }
        }
    }

    @Test("ends as it would if its errors can't be written", arguments: ["/dev/full", "&-"])
    func errorsNotWritten(_ file: String) async throws {
        try await withSQLiteFile { path in
            _ = try await run(["migrate", "--database", path])
            let script = #"exec "$0" "$@" 2>"# + file
            let refused = try await run(["why", "nobody", "--database", path], by: script)
            #expect(refused.status == 1)
            let misused = try await run(["mend"], by: script)
            #expect(misused.status == 64)
        }
    }

    @Test("ends quietly when nobody reads its output any more, where the signal that tells of it is ignored")
    func nobodyReads() async throws {
        try await withSQLiteFile { path in
            _ = try await run(["migrate", "--database", path])
            let pipe = try makePipe()
            close(pipe.reading)
            defer { close(pipe.writing) }
            let listed = try await run(
                ["jobs", "--json", "--database", path], by: #"trap "" PIPE; exec "$0" "$@""#, to: .file(pipe.writing))
            #expect(listed.status == 0)
            #expect(listed.errors.isEmpty)
        }
    }
}
#endif
