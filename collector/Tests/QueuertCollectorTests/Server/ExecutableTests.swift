import Foundation
import Testing

@testable import QueuertCollector

extension ProcessTests {
    @Suite("The program queuert-collector") struct ExecutableTests {
        /// The program in a process of its own.
        ///
        /// It writes to files: the end of a file is there when the process has ended, while Foundation's notification of
        /// the end of a pipe got lost now and then.
        private final class Program {
            let process = Process()
            private let output: URL
            private let errors: URL
            private let exits: AsyncStream<Void>

            init(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws {
                let id = UUID().uuidString
                output = folder.appendingPathComponent("\(id).output")
                errors = folder.appendingPathComponent("\(id).errors")
                for file in [output, errors] { try Data().write(to: file) }
                // Tests and program are built into the same folder.
                let products = try #require(Bundle.main.executableURL).deletingLastPathComponent()
                process.executableURL = products.appendingPathComponent("queuert-collector")
                process.arguments = arguments
                process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
                process.standardOutput = try FileHandle(forWritingTo: output)
                process.standardError = try FileHandle(forWritingTo: errors)
                let (exits, continuation) = AsyncStream<Void>.makeStream()
                self.exits = exits
                process.terminationHandler = { _ in continuation.finish() }
                try process.run()
            }

            deinit { if process.isRunning { process.terminate() } }

            /// Waits until the program is ready, and reads its port from what it says then.
            func port() async throws -> Int {
                while true {
                    let isRunning = process.isRunning
                    let said = try String(contentsOf: output, encoding: .utf8)
                    if let match = said.firstMatch(of: /ready: http:\/\/127\.0\.0\.1:(\d+)\/.*\n/) {
                        return try #require(Int(match.1))
                    }
                    try #require(isRunning, "the program ended before it was ready")
                    try await Task.sleep(for: .milliseconds(2))
                }
            }

            /// Waits for the end, and returns the exit code and what was printed.
            func end() async throws -> (code: Int32, output: String, errors: String) {
                for await _ in exits {}
                // The loop also ends when the test has run out of time.
                try Task.checkCancellation()
                return (
                    process.terminationStatus, try String(contentsOf: output, encoding: .utf8),
                    try String(contentsOf: errors, encoding: .utf8)
                )
            }
        }

        @Test("says when it is ready, serves, and stops cleanly when asked to, a listening page or not")
        func startAndStop() async throws {
            try await withTemporaryFolder { folder async throws in
                let program = try Program(["--port", "0", "--database", folder.path + "/a/b.sqlite"], in: folder)
                let client = HTTPClient(port: try await program.port())
                #expect(try await client.export(ProtobufPacker.pack([Sample.full])).status == 200)
                _ = try await client.listen("/api/events", until: "\u{0}") { [process = program.process] in
                    process.terminate()
                }
                let end = try await program.end()
                #expect(end.code == 0)
                #expect(end.errors == "")
                let tree = try Program(
                    [
                        "tree", "--database", folder.path + "/a/b.sqlite", "--trace", Sample.full.traceID,
                    ], in: folder)
                let drawn = try await tree.end()
                #expect(drawn.output.contains("process index-file"))
                #expect(drawn.code == 0)
            }
        }

        @Test("a port in use ends the program with a sentence that names --port")
        func portInUse() async throws {
            try await withTemporaryFolder { folder async throws in
                let first = try Program(
                    [], in: folder,
                    environment: [
                        "QUEUERT_COLLECTOR_PORT": "0", "QUEUERT_COLLECTOR_DATABASE": folder.path + "/a.sqlite",
                    ])
                let port = try await first.port()
                let second = try Program(["--port", "\(port)", "--database", folder.path + "/b.sqlite"], in: folder)
                let (code, _, errors) = try await second.end()
                #expect(code == 1)
                #expect(errors.contains("another program already listens on 127.0.0.1:\(port)"))
                #expect(errors.contains("--port"))
                first.process.terminate()
                let firstCode = try await first.end().code
                #expect(firstCode == 0)
            }
        }

        @Test("a file that isn't a database ends the program with a sentence that names --database")
        func notADatabase() async throws {
            try await withTemporaryFolder { folder async throws in
                let path = folder.path + "/a.sqlite"
                try Data(repeating: 0x41, count: 8192).write(to: URL(fileURLWithPath: path))
                let (code, _, errors) = try await Program(["--port", "0", "--database", path], in: folder).end()
                #expect(code == 1)
                #expect(errors.contains("isn't a SQLite database"))
                #expect(errors.contains("--database"))
            }
        }

        @Test("a trace that isn't stored, and an option that makes no sense, are said to be so")
        func mistakes() async throws {
            try await withTemporaryFolder { folder async throws in
                let path = folder.path + "/a.sqlite"
                let none = try await Program(["tree", "--database", path, "--chain", "none"], in: folder).end()
                #expect(none.code == 1)
                #expect(none.errors.contains("there is no database at \(path)"))
                #expect(!FileManager.default.fileExists(atPath: path))
                let store = try await SpanStore(path: path)
                await store.close()
                let empty = try await Program(["tree", "--database", path, "--chain", "none"], in: folder).end()
                #expect(empty.code == 1)
                #expect(empty.errors.contains("no span of it is stored"))
                let (portCode, _, portErrors) = try await Program(
                    ["--database", path], in: folder,
                    environment: [
                        "QUEUERT_COLLECTOR_PORT": "http"
                    ]
                ).end()
                #expect(portCode != 0)
                #expect(portErrors.contains("'http' isn't a port"))
            }
        }
    }
}
