import Foundation
import Testing

@testable import QueuertCollector

@Suite("Files of JSON lines") struct JSONLinesTests {
    @Test("R12 each signal has a file with a request on each line, which can be imported")
    func sink() async throws {
        try await withTemporaryFolder { folder async throws in
            let files = folder.path + "/files"
            try await withCollector(configure: { $0.files = JSONLinesConfiguration(folder: files) }) {
                client, collector async throws in
                #expect(try await client.export(ProtobufPacker.pack([Sample.full])).status == 200)
                #expect(try await client.export(ProtobufPacker.pack([Sample.span()])).status == 200)
                let log = Array(SampleTelemetry.log(1).utf8)
                #expect(try await client.export(log, .logs, type: "application/json").status == 200)
                try await eventually { collector.intake.statistics.counts.written == 3 }
            }
            let lines = try String(contentsOfFile: files + "/traces.jsonl", encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 2)
            try await withCollector(configure: { configuration in
                configuration.importPaths = [files + "/traces.jsonl", files + "/logs.jsonl"]
            }) { client, collector async throws in
                // Before the first answer.
                #expect(try await collector.store.spans(ofTrace: Sample.traceID(0)).count == 2)
                #expect(try await collector.store.spans(ofTrace: Sample.traceID(0)).contains(Sample.full))
                #expect(try await collector.store.sizes().logs == 1)
            }
        }
    }

    @Test(
        "R12 requests that are spread over lines are imported, wherever the parts end that a file is read in",
        arguments: [1, 50, 99, 1_000, 100_000])
    func spreadOverLines(_ partBytes: Int) async throws {
        try await withTemporaryFolder { folder async throws in
            let requests = [SampleTelemetry.log(1), SampleTelemetry.metrics(1), SampleTelemetry.log(2)]
            let text = requests.joined(separator: "\n").replacing(",", with: " ,\n")
            let path = folder.path + "/all.json"
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            try await withCollector { _, collector async throws in
                let result = try await TelemetryImport(intake: collector.intake, partBytes: partBytes).run(file: path)
                #expect(result.requests == 3)
                #expect(result.accepted == [.logs: 2, .metrics: 5])
                // What breaks off is still told of, by its place in the file.
                try Data(text.utf8.dropLast()).write(to: URL(fileURLWithPath: path))
                let error = await #expect(throws: ImportError.self) {
                    try await TelemetryImport(intake: collector.intake, partBytes: partBytes).run(file: path)
                }
                #expect(error?.result.requests == 2)
                #expect(
                    error?.message
                        == "request 3 can't be imported: the body isn't JSON at byte \(text.utf8.count - 1)")
            }
        }
    }

    @Test("R12 a file that is full makes room for the next, and the oldest goes")
    func rotation() async throws {
        try await withTemporaryFolder { folder async throws in
            try await withCollector(configure: { configuration in
                configuration.files = JSONLinesConfiguration(folder: folder.path, fileBytes: 1_500, keptFiles: 2)
            }) { client, collector async throws in
                for number in 0..<12 {
                    #expect(try await client.export(ProtobufPacker.pack([Sample.span(number)])).status == 200)
                }
                try await eventually { collector.intake.statistics.counts.written == 12 }
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names == ["traces.1.jsonl", "traces.2.jsonl", "traces.jsonl"])
            for name in names {
                let data = try Data(contentsOf: folder.appendingPathComponent(name))
                #expect(data.count <= 1_500)
                #expect(data.last == UInt8(ascii: "\n"))
            }
        }
    }

    @Test("R12 a folder that can't be written costs the files, not the requests")
    func unwritable() async throws {
        try await withTemporaryFolder { folder async throws in
            try Data().write(to: folder.appendingPathComponent("file"))
            try await withCollector(configure: { configuration in
                configuration.files = JSONLinesConfiguration(folder: folder.path + "/file/below")
            }) { client, collector async throws in
                #expect(try await client.export(ProtobufPacker.pack([Sample.span()])).status == 200)
                try await eventually {
                    collector.intake.statistics.counts.dropped == [.init(destination: .files, reason: .writeFailed): 1]
                }
            }
        }
    }
}
