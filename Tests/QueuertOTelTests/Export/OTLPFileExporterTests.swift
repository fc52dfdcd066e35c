import Foundation
import Glibc
import SQLiteTestSupport
import Testing

@testable import QueuertOTel

@Suite("OTLP file exporter", .timeLimit(.minutes(20))) struct OTLPFileExporterTests {
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

    @Test("while a line is written nobody else appends one, which would be lost if a full disk cut off the first")
    func locked() async throws {
        try await withTemporaryFolder { folder in
            // A pipe takes no more of a line than it has room for, until somebody reads.
            let path = "\(folder)/traces.jsonl"
            #expect(mkfifo(path, 0o600) == 0)
            let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            defer { close(reader) }
            let exporter = try OTLPFileExporter(path: path, resource: Resource())
            let span = SpanData.small(name: String(repeating: "n", count: 1 << 20))
            async let result = onOwnThread { exporter.export([span], timeout: .seconds(1)) }
            let isLocked = await onOwnThread {
                Self.waitUntilReadable(reader)
                let other = open(path, O_WRONLY | O_CLOEXEC)
                defer { close(other) }
                return flock(other, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            }
            #expect(isLocked)
            await onOwnThread { Self.readLine(of: reader) }
            #expect(await result == .accepted(rejected: 0))
        }
    }

    private static func waitUntilReadable(_ pipe: Int32) {
        var polled = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        while poll(&polled, 1, -1) < 0, errno == EINTR {}
    }

    private static func readLine(of pipe: Int32) {
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        var last: UInt8?
        while last != UInt8(ascii: "\n") {
            waitUntilReadable(pipe)
            let count = read(pipe, &buffer, buffer.count)
            if count == 0 { return }
            if count > 0 { last = buffer[count - 1] }
        }
    }

    @Test("what a full disk cuts off of a line is taken back, and the line after it is whole")
    func takenBack() async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .success) { [folder = folder as String] in
                signal(SIGXFSZ, SIG_IGN)
                // What is larger than the limit can't be written, as on a disk that is full.
                var limit = rlimit(rlim_cur: 64 * 1024, rlim_max: 64 * 1024)
                #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                let exporter = try OTLPFileExporter(path: "\(folder)/traces.jsonl", resource: Resource())
                let large = SpanData.small(2, name: String(repeating: "n", count: 1 << 20))
                let results = [SpanData.small(1), large, .small(3)].map { exporter.export([$0], timeout: .seconds(1)) }
                #expect(results[0] == .accepted(rejected: 0) && results[2] == .accepted(rejected: 0))
                guard case .unavailable = results[1] else { return #expect(Bool(false), "was written") }
            }
            let expected = [SpanData.small(1), .small(3)].map {
                String(decoding: OTLPJSONEncoder(resource: Resource()).encode([$0][...]), as: UTF8.self)
            }
            let written = try lines("\(folder)/traces.jsonl")
            #expect(written == expected + [""])
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
