#if CommandLine
import Foundation
import QueuertSQLite
import SQLiteTestSupport
import Testing

@Suite("The command line") struct CommandLineToolTests {
    @Test("without a command shows what there is")
    func help() async {
        let run = await CommandRun([])
        #expect(run.status == 0)
        for command in ["doctor", "why", "jobs", "chains", "migrate", "trigger", "redrive", "cleanup"] {
            #expect(run.output.contains("  \(command) "), "\(run.output)")
        }
        #expect(run.errors.isEmpty)
    }

    @Test(
        "has help for each command",
        arguments: [
            "doctor", "why", "jobs", "chains", "migrate", "trigger", "redrive", "cleanup",
        ])
    func helpOfCommand(_ command: String) async {
        let run = await CommandRun([command, "--help"])
        #expect(run.status == 0)
        #expect(run.output.contains("--database <address>"))
        #expect(run.output.contains("--json"))
    }

    @Test("says which database is missing, and how to name one")
    func noDatabase() async {
        let run = await CommandRun(["jobs"])
        #expect(run.status == 1)
        #expect(run.errors.contains("Give --database, or set QUEUERT_DATABASE"))
        #expect(run.output.isEmpty)
        #expect(await CommandRun(["doctor"]).status == 2)
    }

    @Test("takes the database from the environment, and the option counts for more")
    func environment() async throws {
        try await withQueue(.sqlite) { queue in
            let path = queue.arguments[1]
            let found = await CommandRun(["jobs"], environment: ["QUEUERT_DATABASE": path])
            #expect(found.status == 0)
            let other = await CommandRun(["jobs"] + queue.arguments, environment: ["QUEUERT_DATABASE": "/none"])
            #expect(other.status == 0)
            let url = await CommandRun(["jobs", "--database", "sqlite:\(path)"])
            #expect(url.status == 0)
        }
    }

    @Test(
        "refuses what it can't understand, and says what it can",
        arguments: [
            (["jobs", "--status", "lazy"], "The value 'lazy' is invalid for '--status <status>'", "continued"),
            (["jobs", "--limit", "0"], "--limit may be from 1 to 1000", "Usage: queuert jobs"),
            (["jobs", "--created-from", "yesterday"], "'yesterday' is invalid", "--created-from"),
            (
                ["jobs", "--database", "app.sqlite", "--prefix", "2024_"], "--prefix may not begin with a digit", ""
            ),
            (["jobs", "--prefix", "drop table;"], "--prefix may hold letters, digits and underscores only", ""),
            (["jobs", "--schema", "a\"b"], "--schema may hold letters, digits and underscores only", ""),
            (["cleanup"], "Missing expected argument '--older-than <time>'", "30d"),
            (["cleanup", "--older-than", "30"], "'30' is invalid", "30d"),
            (["cleanup", "--older-than", "1d", "--state", "ready"], "A chain that is ready has not ended", ""),
            (["doctor", "--wal-size-limit", "0"], "--wal-size-limit may be from 1 to 1048576 MiB", ""),
            (["trigger"], "Missing expected argument '<job>", ""),
            (["mend"], "Unexpected argument 'mend'", ""),
            (
                ["doctor", "--ignore", "knownfault"], "The value 'knownfault' is invalid for '--ignore <code>'",
                "- knownFault"
            ),
        ])
    func wrongArguments(_ arguments: [String], _ message: String, _ more: String) async {
        let run = await CommandRun(arguments)
        #expect(run.status == 64)
        #expect(run.errors.contains(message), "\(run.errors)")
        #expect(more.isEmpty || run.errors.contains(more), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test("names a database that it doesn't know, and never repeats a password")
    func otherDatabase() async {
        let run = await CommandRun(["jobs", "--database", "mysql://me:hunter2@localhost/app"])
        #expect(run.status == 1)
        #expect(run.errors.contains("“mysql://”"))
        #expect(!run.errors.contains("hunter2"))
    }

    @Test(
        "repeats no address that stands in another argument's place, and says where one belongs",
        arguments: [
            ["postgresql://me:hunter2@h/d"], ["jobs", "postgresql://me:hunter2@h/d"],
            ["jobs", "--limit", "postgresql://me:hunter2@h/d"], ["jobs", "--limit=postgresql://me:hunter2@h/d"],
            ["jobs", "--json=postgresql://me:hunter2@h/d"], ["jobs", "host=h", "PASSWORD=hunter2"],
            ["jobs", "me:hunter2@h"],
        ])
    func misplacedAddress(_ arguments: [String]) async {
        let run = await CommandRun(arguments)
        #expect(run.status == 64)
        #expect(run.errors.contains("'[not shown]'"), "\(run.errors)")
        #expect(run.errors.hasSuffix("Give the database with --database.\n"), "\(run.errors)")
        #expect(!run.errors.contains("hunter2"), "\(run.errors)")
        #expect(run.output.isEmpty)
    }

    @Test("repeats no address that stands in a job's place", arguments: DatabaseKind.allCases)
    func addressAsJob(_ kind: DatabaseKind) async throws {
        try await withQueue(kind) { queue in
            for command in [["why"], ["redrive", "--verbose"]] {
                let run = await CommandRun(command + ["postgresql://me:hunter2@h/d"] + queue.arguments)
                #expect(run.status == 1)
                #expect(run.errors.contains("There is no job [not shown]."), "\(run.errors)")
                #expect(!run.errors.contains("hunter2"), "\(run.errors)")
            }
        }
    }

    @Test(
        "says that a server can't be reached, and never repeats a password",
        arguments: [
            "postgresql://me:hunter2@%2Fnonexistent/app", "host=/nonexistent dbname=app password=hunter2",
            "postgresql://me:hun ter2@/app", "postgresql://me:hunter2@host/app?wrong=hunter2",
        ])
    func noServer(_ address: String) async {
        for arguments in [["doctor"], ["doctor", "--verbose"]] {
            let run = await CommandRun(arguments + ["--database", address])
            #expect(run.status == 2)
            #expect(run.errors.contains("the server can't be reached"), "\(run.errors)")
            #expect(!run.errors.contains("hun"), "\(run.errors)")
        }
    }

    @Test(
        "takes any of libpq's words for a server's address, and repeats no password of what it takes for a path",
        arguments: [
            ("sslrootcert=/ca.pem host=/nonexistent dbname=app password=hunter2", "the server can't be reached"),
            ("hots=/nonexistent dbname=app password=hunter2", "There is no file of that name."),
            ("me:hunter2@localhost/app", "There is no file of that name."),
        ])
    func mistakenAddress(_ address: String, _ message: String) async {
        for arguments in [["jobs"], ["jobs", "--verbose"]] {
            let run = await CommandRun(arguments + ["--database", address])
            #expect(run.status == 1)
            #expect(run.errors.contains(message), "\(run.errors)")
            #expect(!run.errors.contains("hunter2"), "\(run.errors)")
        }
    }

    @Test("tells libpq's words on request, if there is no password in the address")
    func verbose() async {
        let address = ["--database", "host=/nonexistent dbname=app"]
        let plain = await CommandRun(["jobs"] + address)
        #expect(!plain.errors.contains("/nonexistent"))
        let verbose = await CommandRun(["jobs", "--verbose"] + address)
        #expect(verbose.errors.contains("/nonexistent"), "\(verbose.errors)")
    }

    @Test("makes no file where there is none", arguments: ["jobs", "doctor"])
    func noFile(_ command: String) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/typo.sqlite"
            let run = await CommandRun([command, "--database", path])
            #expect(run.status == (command == "doctor" ? 2 : 1))
            #expect(run.errors.contains("There is no file \(path)."))
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.isEmpty)
        }
    }

    @Test("says what is no database")
    func noDatabaseFile() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/notes.txt"
            let text = Data(String(repeating: "not a database\n", count: 100).utf8)
            try text.write(to: URL(fileURLWithPath: path))
            let run = await CommandRun(["jobs", "--database", path])
            #expect(run.status == 1)
            #expect(run.errors.contains("the file is not a database"), "\(run.errors)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == text)
        }
    }

    @Test(
        "leaves another program's file as it is",
        arguments: [
            ["jobs"], ["trigger", "7"], ["redrive", "7"], ["cleanup", "--older-than", "1d"], ["migrate", "--dry-run"],
        ])
    func otherFile(_ command: [String]) async throws {
        try await withSQLiteFile { path in
            try await withPool(path + ".original") { pool in
                try await pool.write { db in try db.executeScript("CREATE TABLE notes (text TEXT)") }
                try await pool.copyWithoutLog(to: path)
            }
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            let run = await CommandRun(command + ["--database", path])
            if command[0] == "migrate" {
                #expect(run.output.contains("would apply 0001-jobs"))
            } else {
                #expect(run.status == 1)
                #expect(run.errors.contains("There are no tables of a queue"), "\(run.errors)")
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }
}
#endif
