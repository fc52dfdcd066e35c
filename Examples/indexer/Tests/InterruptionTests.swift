import Foundation
import Glibc
import Testing

@Suite("An interrupted index", .timeLimit(.minutes(3))) struct InterruptionTests {
    @Test("that is killed at many moments ends with the result of a plain pass")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            for number in 1...40 {
                try folder.write(
                    "the words of file \(number), number \(number % 7)", to: "folder \(number % 5)/\(number).txt")
            }
            // It can't be read before the test has written, so the program can't end before its last kill.
            let pipe = try NamedPipe("pipe", in: folder)
            let index = try await StoredIndex(folder)
            // Of 125 jobs, 121 can end without the pipe.
            for completed in [0, 1, 2, 25, 60, 95, 121] {
                let process = try folder.index("--fail-file", "folder 1/1.txt", lease: 1)
                try await waitUntil(process) {
                    try await index.hasBegun(andCompleted: completed)
                }
                process.send(SIGKILL)
                let ending = try await process.end()
                #expect(ending.isKilled && ending.code == SIGKILL, "\(ending)")
            }
            let process = try folder.index(lease: 1)
            try await pipe.write("the words of the pipe", to: process)
            let ending = try await process.end()
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.errors.contains("going on with the index of \(folder.input)"))
            #expect(try await index.attemptCount("lost") >= 1)
            await index.close()
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }

    @Test("that is asked to end gives its job back, which doesn't count as an attempt", arguments: [SIGINT, SIGTERM])
    func terminated(signal: Int32) async throws {
        try await withTemporaryFolder { folder in
            let pipe = try NamedPipe("pipe", in: folder)
            let index = try await StoredIndex(folder)
            let first = try folder.index()
            // The scan is done, and the pipe's job is claimed right after.
            try await waitUntil(first) { try await index.isRunningOneJob(afterCompleted: 1) }
            first.send(signal)
            let ending = try await first.end()
            #expect(ending.code == 130)
            #expect(ending.errors.contains("Run the same command again to go on."))
            #expect(try await index.runningJobCount() == 0)
            let second = try folder.index()
            try await pipe.write("the words of the pipe", to: second)
            #expect(try await second.end().code == 0)
            #expect(try await index.attemptCount("lost") == 0)
            await index.close()
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }

    @Test("whose disk takes no more keeps what it has, and goes on when there is room")
    func fullDisk() async throws {
        try await withTemporaryFolder { folder in
            for number in 1...60 {
                let words = (1...200).map { "word\(number)of\($0)" }.joined(separator: " ")
                try folder.write(words, to: "\(number).txt")
            }
            let index = try await StoredIndex(folder)
            let first = try IndexerProcess(
                [folder.input, "--database", folder.database], in: folder, lease: 1, fileSizeLimit: 700_000)
            try await waitUntil(first) { try first.complaints.contains("error.type=SQLiteError") }
            first.send(SIGTERM)
            let ending = try await first.end()
            #expect(ending.code == 130, "\(ending)")
            #expect(try await index.hasBegun(andCompleted: 1))
            await index.close()
            #expect(try await folder.index(lease: 1).end().code == 0)
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }
}
