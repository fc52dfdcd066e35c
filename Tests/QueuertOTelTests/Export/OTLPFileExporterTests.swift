import Foundation
import Testing

@testable import QueuertOTel

@Suite("OTLP file exporter") struct OTLPFileExporterTests {
    /// Runs a body with the path of a file that isn't there yet.
    private func withPath(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("queuert-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appendingPathComponent("traces.jsonl").path)
    }

    private func lines(_ path: String) throws -> [String] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            .map(String.init)
    }

    @Test("each batch is a line, and a file that is there is gone on with")
    func appends() throws {
        try withPath { path in
            for number in 1...2 {
                let exporter = try OTLPFileExporter(path: path, resource: Resource())
                let span = SpanData.small(UInt64(number), name: "line\nbreak")
                #expect(exporter.export([span], timeout: .seconds(1)) == .accepted(rejected: 0))
                #expect(exporter.export([SpanData](), timeout: .seconds(1)) == .accepted(rejected: 0))
            }
            let lines = try lines(path)
            #expect(lines.count == 3 && lines[2].isEmpty)
            for (number, line) in zip(1..., lines.dropLast()) {
                let expected = OTLPJSONEncoder(resource: Resource())
                    .encode([SpanData.small(UInt64(number), name: "line\nbreak")][...])
                #expect(line == String(decoding: expected, as: UTF8.self))
            }
        }
    }

    @Test("a new file is readable by its owner only")
    func permissions() throws {
        try withPath { path in
            _ = try OTLPFileExporter(path: path, resource: Resource())
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test("a file that can't be opened is told at once")
    func notOpened() {
        #expect(throws: OTLPFileError(code: .notOpened, reason: "No such file or directory")) {
            try OTLPFileExporter(path: "/nowhere/traces.jsonl", resource: Resource())
        }
    }

    @Test("a full disk loses the batch and is told")
    func fullDisk() throws {
        let exporter = try OTLPFileExporter(path: "/dev/full", resource: Resource())
        let result = exporter.export([SpanData.small()], timeout: .seconds(1))
        #expect(
            result
                == .unavailable(
                    reason: "The file for telemetry can't be written: No space left on device. Is the disk full?"))
    }
}
