import Foundation
import Testing

@testable import QueuertCollector

extension ProcessTests {
    @Suite("A disk that is full") struct FullDiskTests {
        @Test("R07 senders are asked to come back; nothing that was acknowledged is lost, and it goes on by itself")
        func fullDisk() async throws {
            try await withSmallDisk { disk async throws in
                let configure = { (configuration: inout CollectorConfiguration) in
                    configuration.databasePath = disk + "/traces.sqlite"
                }
                var acknowledged = 0
                try await withCollector(configure: configure) { client, collector async throws in
                    let filler = URL(fileURLWithPath: disk + "/filler")
                    try Data(repeating: 1, count: 4 << 20).write(to: filler)
                    let name = String(repeating: "x", count: 1_000)
                    var refused: HTTPAnswer?
                    while refused == nil {
                        let spans = (0..<100).map { Sample.span(trace: acknowledged, $0, name: name) }
                        let answer = try await client.export(ProtobufPacker.pack(spans))
                        if answer.status == 200 { acknowledged += 1 } else { refused = answer }
                    }
                    #expect(acknowledged > 3)
                    #expect(refused?.status == 503)
                    #expect(refused?.headers["Retry-After"] == ["1"])
                    #expect(refused?.text.contains("full") == true)
                    // What is there can be read meanwhile.
                    #expect(try await client.get("/api/traces?limit=1").status == 200)
                    try FileManager.default.removeItem(at: filler)
                    let spans = (0..<100).map { Sample.span(trace: acknowledged, $0, name: name) }
                    #expect(try await client.export(ProtobufPacker.pack(spans)).status == 200)
                    acknowledged += 1
                    let stored = try await collector.store.traces(limit: 500).traces
                    #expect(stored.map(\.spanCount) == Array(repeating: 100, count: acknowledged))
                }
            }
        }

        /// Runs a body with a folder on a disk of 16 MB.
        private func withSmallDisk(_ body: (String) async throws -> Void) async throws {
            try await withTemporaryFolder { folder async throws in
                let disk = folder.path + "/disk"
                try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
                guard try await Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=16m", "tmpfs", disk]) == 0 else {
                    Issue.record("A full disk can be tested as root only, where file systems may be mounted.")
                    return
                }
                let result: Result<Void, any Error>
                do { result = .success(try await body(disk)) } catch { result = .failure(error) }
                #expect(try await Self.run("/bin/umount", ["-l", disk]) == 0)
                try result.get()
            }
        }

        private static func run(_ program: String, _ arguments: [String]) async throws -> Int32 {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = arguments
            let (exits, continuation) = AsyncStream<Void>.makeStream()
            process.terminationHandler = { _ in continuation.finish() }
            try process.run()
            for await _ in exits {}
            return process.terminationStatus
        }
    }
}
