import Foundation
import NIOCore
import Testing

@testable import QueuertCollector

extension ProcessTests {
    @Suite("The program queuert-collector") struct ExecutableTests {
        @Test("says when it is ready, serves, and stops cleanly when asked to, a listening page or not")
        func startAndStop() async throws {
            try await withTemporaryFolder { folder async throws in
                let program = try Program(["--port", "0", "--database", folder.path + "/a/b.sqlite"], in: folder)
                let client = HTTPClient(port: try await program.port())
                #expect(try await client.export(ProtobufPacker.pack([Sample.full])).status == 200)
                _ = try await client.listen(
                    "/api/events", until: "\u{0}", steps: [{ [process = program.process] in process.terminate() }])
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

        @Test("a second signal ends it at once, however long what is under way may take")
        func secondSignal() async throws {
            try await withTemporaryFolder { folder async throws in
                let program = try Program(["--port", "0", "--database", folder.path + "/a.sqlite"], in: folder)
                let port = try await program.port()
                let process = program.process
                let head = """
                    POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n\
                    Content-Length: 50\r\nExpect: 100-continue\r\n\r\n
                    """
                do {
                    try await RawConnection.open(port).executeThenClose { inbound, outbound async throws in
                        try await outbound.write(ByteBuffer(string: head))
                        // Told to go on, the request is under way, and is waited for as long as its connection is open.
                        var parts = inbound.makeAsyncIterator()
                        _ = try await parts.next()
                        // Two of the same kind could be taken for one.
                        process.terminate()
                        process.interrupt()
                        while try await parts.next() != nil {}
                    }
                } catch is IOError {} catch is ChannelError {}
                let end = try await program.end()
                #expect([128 + SIGTERM, 128 + SIGINT].contains(end.code))
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

        @Test("options that make no sense, and an address for all without a token, end the program with a sentence")
        func refusedOptions() async throws {
            try await withTemporaryFolder { folder async throws in
                let path = folder.path + "/a.sqlite"
                for (options, expected) in [
                    (["--host", "0.0.0.0"], "QUEUERT_COLLECTOR_TOKEN"), (["--retention-size", "5"], "16MiB"),
                    (["--retention-age", "soon"], "isn't an age"), (["--forward-to", "localhost"], "http://"),
                    (["--token-file", path + ".none"], "token"), (["--from-file", path + ".none"], "can't be read"),
                ] {
                    let end = try await Program(["--port", "0", "--database", path] + options, in: folder).end()
                    #expect(end.code != 0)
                    #expect(end.errors.contains(expected), "\(end.errors)")
                }
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
