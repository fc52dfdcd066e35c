import Foundation
import Glibc
import Testing

@testable import TextIndex

@Suite("The index", .timeLimit(.minutes(3))) struct IndexTests {
    @Test("equals what a plain pass over the same files computes")
    func equalsPlainPass() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("The quick brown fox.\nThe lazy dog; the end.", to: "a.txt")
            try folder.write("", to: "empty.txt")
            try folder.write("x y z 12 of", to: "short terms")
            try folder.write("Straße CAFÉ cafe\u{301} Ελλάδα ДОМ 東京都 naïve 2024 №12³ foo_bar", to: "ünïcödé/names ✓.md")
            try folder.write("the fox\r\nthe FOX\tfox", to: "deep/er/b.txt")
            try folder.write(String(repeating: "word ", count: 20_000), to: "deep/long.txt")
            try folder.write(String(repeating: "much ", count: 60_000), to: "deep/too long.txt")
            try folder.write(Data([0x74, 0x68, 0x65, 0, 0x66]), to: "binary")
            try folder.write(Data([0x74, 0x68, 0xff, 0xfe]), to: "latin1")
            try folder.write(Data(repeating: 0x61, count: 5000) + [0xff], to: "binary at its end")
            try folder.write("secret words", to: "forbidden.txt")
            try folder.forbid("forbidden.txt")
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder.input)/circle", withDestinationPath: folder.input)

            let ending = try await folder.index("--top", "3").end()

            #expect(ending.code == 0, "\(ending)")
            let expected = try PlainPass.terms(ofFolder: folder.input)
            #expect(expected.count == 6)
            try await folder.expectIndex(of: expected)
            let index = try await StoredIndex(folder)
            #expect(
                try await index.skipped() == [
                    "binary": "not text", "latin1": "not text", "binary at its end": "not text",
                    "deep/too long.txt": "too large", "forbidden.txt": "unreadable",
                ])
            await index.close()
            #expect(ending.output.hasPrefix("indexed 6 files, skipped 5; "))
            #expect(ending.output.contains("   1    20000        1  word\n   2        5        2  the\n"))
        }
    }

    @Test("of a folder without text files is empty")
    func emptyFolder() async throws {
        try await withTemporaryFolder { folder in
            let ending = try await folder.index().end()
            #expect(ending.code == 0, "\(ending)")
            #expect(ending.output.hasPrefix("indexed 0 files, skipped 0; 0 terms\n"))
        }
    }

    @Test("leaves out what lies beyond the limit")
    func limit() async throws {
        try await withTemporaryFolder { folder in
            for name in ["a", "b", "c"] { try folder.write("some words", to: "\(name).txt") }
            let ending = try await folder.index("--limit", "2").end()
            #expect(ending.output.hasPrefix("indexed 2 files, skipped 0; 2 terms\n"), "\(ending)")
        }
    }

    @Test("leaves out a file that vanishes between the scan and its turn")
    func vanishingFile() async throws {
        try await withTemporaryFolder { folder in
            // As many as jobs run at once, so that the last file has to wait.
            let pipes = try (1...4).map { try NamedPipe("pipe \($0)", in: folder) }
            try folder.write("words that nobody reads", to: "vanishing.txt")
            let index = try await StoredIndex(folder)
            let process = try folder.index()
            try await waitUntil(process) { try await index.documentCount() == 5 }
            try FileManager.default.removeItem(atPath: "\(folder.input)/vanishing.txt")
            for (number, pipe) in pipes.enumerated() {
                try await pipe.write("the pipe \(number) thousand", to: process)
            }
            #expect(try await process.end().code == 0)
            #expect(try await index.skipped() == ["vanishing.txt": "vanished"])
            await index.close()
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }

    @Test("is printed again, and not made again, when it is finished")
    func finished() async throws {
        try await withTemporaryFolder { folder in
            try folder.write("some words", to: "a.txt")
            let first = try await folder.index().end()
            try folder.write("further words", to: "b.txt")
            let second = try await folder.index().end()
            #expect(second.code == 0)
            #expect(second.output == first.output)
            #expect(second.errors.contains("holds the finished index of \(folder.input). Delete it to start over."))
        }
    }

    @Test("is made once by two programs at once")
    func twoPrograms() async throws {
        try await withTemporaryFolder { folder in
            for number in 1...20 { try folder.write("the words of file \(number)", to: "\(number).txt") }
            let processes = try [folder.index(), folder.index()]
            let endings = [try await processes[0].end(), try await processes[1].end()]
            #expect(endings[0].code == 0, "\(endings[0])")
            #expect(endings[1].code == 0, "\(endings[1])")
            #expect(endings[0].output == endings[1].output)
            try await folder.expectIndex(of: try PlainPass.terms(ofFolder: folder.input))
        }
    }
}

extension TemporaryFolder {
    /// Compares everything that is stored with what a plain pass has found.
    func expectIndex(
        of expected: [String: [String: Int]], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let index = try await StoredIndex(self)
        let terms = try await index.terms()
        #expect(terms == expected, sourceLocation: sourceLocation)
        #expect(try await index.report() == PlainPass.ranking(expected), sourceLocation: sourceLocation)
        let skipped = try await index.skipped()
        #expect(try await index.documentCount() == expected.count + skipped.count, sourceLocation: sourceLocation)
        #expect(try await index.textCount() == 0, sourceLocation: sourceLocation)
        #expect(try await index.openJobCount() == 0, sourceLocation: sourceLocation)
        // A scan and a report, three jobs for each file, and one for a file that was found and could not be read.
        let lateSkips = try await index.completedJobCount() - 2 - 3 * expected.count
        #expect((0...skipped.count).contains(lateSkips), sourceLocation: sourceLocation)
        await index.close()
    }
}
