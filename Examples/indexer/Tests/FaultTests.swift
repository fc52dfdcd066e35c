import Foundation
import QueuertSQLite
import Testing

@Suite("A fault is told in a sentence", .timeLimit(.minutes(3))) struct FaultTests {
    @Test("when the folder is missing, no folder or forbidden", arguments: ["missing", "file", "forbidden"])
    func folder(_ name: String) async throws {
        try await withTemporaryFolder { folder in
            try folder.write("words", to: "file")
            try folder.write("words", to: "forbidden/file")
            try folder.forbid("forbidden")
            let path = "\(folder.input)/\(name)"
            let ending = try await IndexerProcess([path, "--database", folder.database], in: folder).end()
            #expect(ending.code == 1)
            #expect(ending.errors.hasPrefix("indexer: the folder \(path) can't be read: "))
            #expect(ending.errors.hasSuffix("Name a folder that exists and that you may read.\n"))
            #expect(ending.errors.count { $0 == "\n" } == 1)
            #expect(!FileManager.default.fileExists(atPath: folder.database))
        }
    }

    @Test("when the database is something else")
    func noDatabase() async throws {
        try await withTemporaryFolder { folder in
            let content = Data("This is a letter, which is longer than the header of a database.".utf8)
            try content.write(to: URL(fileURLWithPath: folder.database))
            let ending = try await folder.index().end()
            #expect(ending.code == 1)
            #expect(
                ending.errors.contains(
                    "indexer: the database \(folder.database) can't be used: the file is not a database."))
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder.database)) == content)
        }
    }

    @Test("when the database's folder is missing")
    func noFolderForDatabase() async throws {
        try await withTemporaryFolder { folder in
            let ending = try await IndexerProcess(
                [folder.input, "--database", "\(folder.path)/missing/index.sqlite"], in: folder
            ).end()
            #expect(ending.code == 1)
            #expect(
                ending.errors.contains("can't be used: the database file can't be opened. Check that its folder exists")
            )
        }
    }

    @Test("when another process holds the database")
    func locked() async throws {
        try await withTemporaryFolder { folder in
            let pool = try await SQLitePool(path: folder.database)
            let ending = try await pool.write { _ in try await folder.index().end() }
            await pool.close()
            #expect(ending.code == 1)
            #expect(ending.errors.contains("can't be used: another connection holds the lock on the database."))
            #expect(ending.errors.contains("end the process that holds the lock"))
        }
    }

    @Test("when the database holds another folder's index")
    func otherFolder() async throws {
        try await withTemporaryFolder { folder in
            #expect(try await folder.index().end().code == 0)
            let ending = try await IndexerProcess([folder.path, "--database", folder.database], in: folder).end()
            #expect(ending.code == 1)
            #expect(ending.errors.contains("The database holds the index of \(folder.input). Choose another file"))
        }
    }

    @Test(
        "when the traces can't be delivered, and the index is made all the same",
        arguments: [SpanSink.Behaviour.isDown, .neverAnswers, .answersNonsense])
    func telemetry(_ receiver: SpanSink.Behaviour) async throws {
        try await withTemporaryFolder { folder in
            try folder.write("some words", to: "a.txt")
            let sink = try SpanSink(receiver)
            let ending = try await folder.index(environment: sink.environment).end()
            // Until here its port is its own.
            withExtendedLifetime(sink) {}
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.errors.contains(/indexer: \d+ spans could not be delivered; the index is not affected/))
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }
}
