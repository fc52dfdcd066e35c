#if CommandLine
import Foundation
import Queuert
import QueuertSQLite
import Testing

/// A program of GRDB's, for one, may have a file without a write-ahead log.
@Suite("The journal of a SQLite file", .serialized, .timeLimit(.minutes(20))) struct FileJournalTests {
    @Test("a command that reads leaves the file as it is, and nothing beside it")
    func reading() async throws {
        try await withFileWithoutLog { path, failed, _ in
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            for command in [["doctor"], ["why", failed.rawValue], ["jobs"], ["chains"], ["migrate", "--dry-run"]] {
                let run = await CommandRun(command + ["--database", path])
                #expect(!run.output.isEmpty && run.errors.isEmpty, "\(run.errors)")
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
                #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
            }
        }
    }

    @Test("a command that writes keeps it")
    func writing() async throws {
        try await withFileWithoutLog { path, failed, scheduled in
            let commands = [
                ["migrate"], ["redrive", failed.rawValue], ["trigger", scheduled.rawValue],
                ["cleanup", "--older-than", "1d", "--dry-run"], ["cleanup", "--older-than", "1d"],
            ]
            for command in commands {
                let run = await CommandRun(command + ["--database", path])
                #expect(run.status == 0, "\(run.errors)")
                #expect(try await journal(path) == "delete", "\(command)")
            }
            let jobs = try await CommandRun(["jobs", "--status", "ready", "--json", "--database", path]).json["jobs"]
            #expect(Set(jobs.items.compactMap { $0["id"].text }) == [failed.rawValue, scheduled.rawValue])
        }
    }

    @Test(
        "migrate gives a write-ahead log to a file that it makes, and to one with nothing in it",
        arguments: [false, true])
    func making(exists: Bool) async throws {
        try await withSQLiteFile { path in
            if exists { #expect(FileManager.default.createFile(atPath: path, contents: nil)) }
            let run = await CommandRun(["migrate", "--database", path])
            #expect(run.status == 0, "\(run.errors)")
            let mode = try await journal(path)
            #expect(mode == "wal")
        }
    }

    private func journal(_ path: String) async throws -> String? {
        let run = await CommandRun(["doctor", "--json", "--no-integrity-check", "--database", path])
        return try run.json["facts"]["journalMode"].text
    }

    /// Runs a body with a queue's file that has no write-ahead log, a job in it that failed, and one that is due later.
    private func withFileWithoutLog(
        _ body: @Sendable (_ path: String, _ failed: JobID, _ scheduled: JobID) async throws -> Void
    ) async throws {
        try await withQueue(.sqlite) { queue in
            let failed = try await queue.startFailed()
            let scheduled = try await queue.start("export", due: .after(.seconds(3_600)))
            let path = queue.arguments[1] + ".copy"
            try await withPool(queue.arguments[1]) { pool in try await pool.copyWithoutLog(to: path) }
            try await body(path, failed, scheduled)
        }
    }
}
#endif
