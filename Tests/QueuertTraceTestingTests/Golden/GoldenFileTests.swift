import Foundation
import QueuertOTel
import Testing

@testable import QueuertTraceTesting

@Suite("Golden traces", .removedFailures)
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

    @Test(
        "A5 that nothing was recorded is neither written down nor as expected",
        arguments: [[:], ["UPDATE_TRACES": "1"]] as [[String: String]])
    func nothingRecorded(_ environment: [String: String]) async throws {
        try await Self.withTestPath { path in
            let golden = GoldenFile("order", besideTestAt: path, environment: environment)
            let recorder = TraceRecorder(deadlineClock: ManualClock())
            for text in [nil, "", Self.text] {
                if let text { try golden.write(text) }
                let mismatch = try await #require(throws: TraceMismatch.self) {
                    try await recorder.expect(golden, .golden, within: .zero, Self.place)
                }
                #expect(mismatch.code == .differs && mismatch.summary.contains("No span has ended"), "\(mismatch)")
                #expect(mismatch.hint.hasPrefix("Nothing was recorded at all"))
                #expect(try golden.read() == text)
            }
        }
    }

    @Test(
        "A5 a file is written when the chains have ended, not between two of their spans",
        arguments: [[:], ["UPDATE_TRACES": "1"]] as [[String: String]])
    func writtenWhenComplete(_ environment: [String: String]) async throws {
        try await Self.withTestPath { path in
            let golden = GoldenFile("order", besideTestAt: path, environment: environment)
            let before = golden.isToBeUpdated ? "trace t1" : nil
            if let before { try golden.write(before) }
            // Nobody moves the clock: only complete traces end the wait.
            let recorder = TraceRecorder(deadlineClock: ManualClock())
            let spans = [
                QueueSpans.start(1), QueueSpans.attempt(1, id: 2, below: 1),
                QueueSpans.span(3, "chain order", kind: .internal, below: 1),
            ]
            recorder.spanEnded(spans[0])
            async let written: Void = recorder.expect(golden, .golden, within: .seconds(3), Self.place)
            for span in spans.dropFirst() {
                while recorder.waiterCount == 0, try golden.read() == before { await Task.yield() }
                recorder.spanEnded(span)
            }
            try await written
            #expect(try golden.read() == TraceForest(spans).rendered(.golden))
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

    /// What a wait for the traces of a file fails with.
    static func mismatch(of recorder: TraceRecorder, _ golden: GoldenFile) async throws -> TraceMismatch? {
        do {
            try await recorder.expect(golden, .golden, within: .seconds(3), place)
            return nil
        } catch let mismatch as TraceMismatch { return mismatch }
    }

    @Test("A4 A5 traces that differ fail as soon as they are complete")
    func failsWhenComplete() async throws {
        try await Self.withTestPath { path in
            let golden = GoldenFile("order", besideTestAt: path, environment: [:])
            try golden.write(
                """
                trace t1
                  s1 checkout [internal]
                    s2 pay [internal]
                """)
            // Nobody moves the clock: a wait until the time is up would have no end.
            let recorder = TraceRecorder(deadlineClock: ManualClock())
            recorder.spanStarted(context(1), name: "checkout")
            recorder.spanEnded(recorded(2, "refund", below: 1))
            async let result = Self.mismatch(of: recorder, golden)
            await WaitingTests.someoneWaits(for: recorder)
            recorder.spanEnded(recorded(1, "checkout"))
            let mismatch = try #require(try await result)
            #expect(mismatch.code == .differs && mismatch.description.contains("+     s2 refund [internal]"))
            #expect(!mismatch.summary.contains("after"))
        }
    }

    @Test("A4 A5 a chain that has not ended may get more spans, one that has ended or failed for good gets none")
    func waitsForChains() async throws {
        try await Self.withTestPath { path in
            let golden = GoldenFile("order", besideTestAt: path, environment: [:])
            try golden.write("trace t1\n  s1 start order [producer]")
            let ended = QueueSpans.span(4, "chain order", kind: .internal, below: 1)
            for last in [
                [QueueSpans.attempt(2, id: 3, below: 1), ended],
                [QueueSpans.attempt(2, id: 3, below: 1, result: "failed")],
            ] {
                let recorder = TraceRecorder(deadlineClock: ManualClock())
                async let result = Self.mismatch(of: recorder, golden)
                let failed = QueueSpans.attempt(
                    1, id: 2, below: 1, result: "failed", ["queuert.rescheduled_at": "2030-01-01T00:00:00.000Z"])
                for span in [QueueSpans.start(1), failed] + last.dropLast() {
                    await WaitingTests.someoneWaits(for: recorder)
                    recorder.spanEnded(span)
                }
                await WaitingTests.someoneWaits(for: recorder)
                for span in last.suffix(1) { recorder.spanEnded(span) }
                #expect(try await result != nil)
            }
        }
    }

    @Test("A4 A5 a trace that the file has and that nobody has begun is waited for until the time is up")
    func waitsForTraces() async throws {
        try await Self.withTestPath { path in
            let golden = GoldenFile("order", besideTestAt: path, environment: [:])
            try golden.write("trace t1\n  s1 a [internal]\ntrace t2\n  s2 b [internal]")
            let clock = ManualClock()
            let recorder = TraceRecorder(deadlineClock: clock)
            recorder.spanEnded(recorded(1, "a"))
            async let result = Self.mismatch(of: recorder, golden)
            await clock.someoneSleeps()
            await WaitingTests.someoneWaits(for: recorder)
            clock.advance(by: .seconds(3))
            let mismatch = try #require(try await result)
            #expect(mismatch.code == .differs && mismatch.summary.contains("after 3.0 seconds"))
        }
    }

    @Test("A5 the attributes of events are drawn as those of spans are: sorted, masked, their UUIDs numbered")
    func attributesOfEvents() {
        let id: AttributeValue = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
        var span = recorded(1, "a", attributes: ["id": id])
        span.events = [
            SpanData.Event(
                name: "claimed", time: 1,
                attributes: [Attribute("queuert.worker.id", "w-1"), Attribute("id", id), Attribute("count", 2)]),
            SpanData.Event(name: "left", time: 2),
        ]
        let forest = TraceForest([span])
        #expect(
            forest.rendered(.golden) == """
                trace t1
                  s1 a [internal]
                      id = uuid1
                      ! claimed
                          count = 2
                          id = uuid1
                          queuert.worker.id = …
                      ! left
                """)
        #expect(
            forest.rendered(.init(attributes: .only(["count"]), events: true)).hasSuffix(
                """
                      ! claimed
                          count = 2
                      ! left
                """))
    }

    @Test("A5 UUIDs in lists are numbered as others are")
    func uuidsInLists() {
        let id = "6f9619ff-8b86-d011-b42d-00c04fc964ff"
        let other = "00000000-0000-7000-8000-000000000001"
        let forest = TraceForest([
            recorded(1, "a", attributes: ["ids": [.string(id), .string(other), "x"], "one": .string(other)])
        ])
        #expect(forest.rendered(.golden).hasSuffix("ids = [uuid1, uuid2, \"x\"]\n      one = uuid2"))
    }
}
