import Foundation
import QueuertOTel
import Testing

@testable import QueuertTraceTesting

@Suite("Golden traces")
struct GoldenFileTests {
    static func chain(_ name: String = "process order", id: String = "6f9619ff-8b86-d011-b42d-00c04fc964ff")
        -> TraceForest
    {
        TraceForest([
            recorded(1, "start order", kind: .producer, attributes: ["queuert.job.id": .string(id)]),
            recorded(
                2, name, below: 1, kind: .consumer,
                attributes: [
                    "queuert.job.id": .string(id), "queuert.worker.id": "w-123", "queuert.job.wait.queue_s": 0.017,
                    "other": "1e6b0ee4-1ae0-4b5c-9a25-2b6f0a3f9f55",
                ],
                events: ["claimed"], links: [link(1, type: "creation")]),
        ])
    }

    static let text = """
        trace t1
          s1 start order [producer]
              queuert.job.id = uuid1
            s2 process order [consumer]
                other = uuid2
                queuert.job.id = uuid1
                queuert.job.wait.queue_s = …
                queuert.worker.id = …
                ! claimed
                → creation s1 (start order)
        """

    /// Runs a body with the path of a test whose folder is removed afterwards.
    static func withTestPath<R>(_ body: (String) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "queuert-golden-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.appending(path: "OrderTests.swift").path)
    }

    static let place = SourcePlace("OrderTests/OrderTests.swift", "OrderTests.swift", 42)

    static func expect(_ forest: TraceForest, _ path: String, _ environment: [String: String] = [:]) throws {
        try forest.expect(
            GoldenFile("order", besideTestAt: path, environment: environment), .golden, waited: nil, place)
    }

    @Test("A5 a trace is compared with a file that is committed beside the test")
    func committed() async throws {
        try Self.chain().expect(golden: "order")
        let recorder = TraceRecorder()
        for span in Self.chain().spans { recorder.spanEnded(span) }
        try await recorder.expect(golden: "order")
        #expect(Self.chain().rendered(.golden) == Self.text)
    }

    @Test("A5 a file that isn't there is written, and compared with from then on")
    func new() async throws {
        try await Self.withTestPath { path in
            try Self.expect(Self.chain(), path)
            let file = URL(filePath: path).deletingLastPathComponent().appending(path: "Traces/order.txt")
            #expect(try String(contentsOf: file, encoding: .utf8) == Self.text + "\n")
            // Other identifiers, times and workers make no difference.
            try Self.expect(Self.chain(id: "00000000-0000-7000-8000-000000000001"), path)
            let mismatch = try #require(throws: TraceMismatch.self) {
                try Self.expect(Self.chain("handle order"), path)
            }
            #expect(
                mismatch.description.contains(
                    """
                        s1 start order [producer]
                            queuert.job.id = uuid1
                    -     s2 process order [consumer]
                    +     s2 handle order [consumer]
                    """), "\(mismatch)")
            #expect(mismatch.hint.contains("UPDATE_TRACES=1") && mismatch.summary.contains("Traces/order.txt"))
        }
    }

    @Test("A5 UPDATE_TRACES=1 rewrites a file that differs, and nothing else does")
    func updated() async throws {
        try await Self.withTestPath { path in
            try Self.expect(Self.chain(), path)
            #expect(throws: TraceMismatch.self) {
                try Self.expect(Self.chain("handle order"), path, ["UPDATE_TRACES": "0"])
            }
            try Self.expect(Self.chain("handle order"), path, ["UPDATE_TRACES": "1"])
            try Self.expect(Self.chain("handle order"), path)
            // On CI the file stays as it is.
            #expect(throws: TraceMismatch.self) {
                try Self.expect(Self.chain(), path, ["UPDATE_TRACES": "1", "CI": "true"])
            }
            try Self.expect(Self.chain("handle order"), path, ["CI": "true"])
        }
    }

    @Test("A5 on CI a file that isn't there is refused, not written")
    func refused() async throws {
        try await Self.withTestPath { path in
            for environment in [["CI": "true"], ["CI": "1", "UPDATE_TRACES": "1"]] {
                let mismatch = try #require(throws: TraceMismatch.self) {
                    try Self.expect(Self.chain(), path, environment)
                }
                #expect(mismatch.code == .goldenMissing && mismatch.details.contains("s1 start order"))
            }
            try Self.expect(Self.chain(), path, ["CI": "false"])
            try Self.expect(Self.chain(), path, ["CI": "true"])
        }
    }

    @Test("A5 broken traces are never written")
    func broken() async throws {
        try await Self.withTestPath { path in
            let mismatch = try #require(throws: TraceMismatch.self) {
                try Self.expect(TraceForest([recorded(1, "a", status: .ok)]), path)
            }
            #expect(mismatch.code == .invariantsBroken)
            #expect(try GoldenFile("order", besideTestAt: path).read() == nil)
        }
    }

    @Test("A5 a recorder waits for the traces of the file, and for open spans before it writes one")
    func waits() async throws {
        try await Self.withTestPath { path in
            let recorder = TraceRecorder(deadlineClock: ManualClock())
            let golden = GoldenFile("order", besideTestAt: path, environment: [:])
            recorder.spanStarted(context(2), name: "process order")
            recorder.spanEnded(Self.chain().spans[0])
            async let written: Void = recorder.expect(golden, .golden, within: .seconds(3), Self.place)
            await WaitingTests.someoneWaits(for: recorder)
            recorder.spanEnded(Self.chain().spans[1])
            try await written
            #expect(try golden.read() == Self.text)

            let later = TraceRecorder(deadlineClock: ManualClock())
            async let found: Void = later.expect(golden, .golden, within: .seconds(3), Self.place)
            await WaitingTests.someoneWaits(for: later)
            for span in Self.chain().spans { later.spanEnded(span) }
            try await found

            let stuck = TraceRecorder(deadlineClock: ManualClock())
            stuck.spanStarted(context(2), name: "process order")
            let mismatch = try await #require(throws: TraceMismatch.self) {
                try await stuck.expect(golden, .golden, within: .zero, Self.place)
            }
            #expect(mismatch.code == .spansOpen)
        }
    }
}
