import Foundation
import Testing

@testable import QueuertCollector

extension ProcessTests {
    @Suite("The commands for the terminal") struct TerminalCommandTests {
        @Test("chain and trace print trees, from a file and from a collector that runs")
        func trees() async throws {
            try await withTemporaryFolder { folder async throws in
                try await withCollector { client, collector async throws in
                    try await collector.store.insert(SampleChain.order())
                    let endpoint = "http://127.0.0.1:\(client.port)"
                    let asked = try await Program(["chain", "chain-1", "--endpoint", endpoint], in: folder).end()
                    #expect(asked.code == 0)
                    #expect(
                        asked.output.contains(
                            "process charge-card  200 ms  attempt 3  after backing off 2 s, queued 100 ms"))
                    // What isn't a terminal gets no colours.
                    #expect(!asked.output.contains("\u{1B}"))
                    let path = collector.store.path
                    let read = try await Program(["chain", "chain-1", "--database", path], in: folder).end()
                    #expect(read.output == asked.output)
                    let trace = try await Program(["trace", Sample.traceID(1), "--endpoint", endpoint], in: folder)
                        .end()
                    #expect(trace.output.hasPrefix("trace \(Sample.traceID(1)): "))
                    let none = try await Program(["trace", Sample.traceID(9), "--endpoint", endpoint], in: folder).end()
                    #expect(none.code == 1)
                    #expect(none.errors.contains("no span of it is stored"))
                }
            }
        }

        @Test("tail prints what is there and what arrives, and ends when the collector does")
        func tail() async throws {
            try await withTemporaryFolder { folder async throws in
                var program: Program?
                try await withCollector { client, collector async throws in
                    try await collector.store.insert([Sample.span(trace: 1, name: "early", service: "shop")])
                    let tail = try Program(
                        ["tail", "--endpoint", "http://127.0.0.1:\(client.port)", "service:shop"], in: folder)
                    program = tail
                    try await tail.says("early")
                    let late = ProtobufPacker.pack([
                        Sample.span(trace: 2, name: "late", service: "shop"),
                        Sample.span(trace: 3, name: "other", service: "web"),
                    ])
                    #expect(try await client.export(late).status == 200)
                    try await tail.says("late")
                }
                let end = try await #require(program).end()
                #expect(end.code == 0)
                #expect(!end.output.contains("other"))
            }
        }

        @Test("the token that a collector wants is read from a file or a variable")
        func token() async throws {
            try await withTemporaryFolder { folder async throws in
                let file = folder.path + "/token"
                try Data("secret\n".utf8).write(to: URL(fileURLWithPath: file))
                try await withCollector(configure: { $0.token = "secret" }) { client, collector async throws in
                    try await collector.store.insert([Sample.span()])
                    let command = ["trace", Sample.traceID(0), "--endpoint", "http://127.0.0.1:\(client.port)"]
                    let refused = try await Program(command, in: folder).end()
                    #expect(refused.code == 1)
                    #expect(refused.errors.contains("the token is missing"))
                    let option = try await Program(command + ["--token-file", file], in: folder).end()
                    #expect(option.code == 0, "\(option.errors)")
                    for (name, value) in [("TOKEN", "secret"), ("TOKEN_FILE", file)] {
                        let environment = ["QUEUERT_COLLECTOR_\(name)": value]
                        let end = try await Program(command, in: folder, environment: environment).end()
                        #expect(end.code == 0, "\(end.errors)")
                    }
                }
            }
        }

        @Test("a search that makes no sense ends tail with a sentence")
        func mistakes() async throws {
            try await withTemporaryFolder { folder async throws in
                try await withCollector { client, _ async throws in
                    let end = try await Program(
                        ["tail", "--endpoint", "http://127.0.0.1:\(client.port)", "duration>fast"], in: folder
                    ).end()
                    #expect(end.code == 1)
                    #expect(end.errors.contains("fast isn't a duration"))
                }
            }
        }
    }
}
