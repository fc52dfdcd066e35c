import Synchronization
import Testing

@testable import QueuertOTel

@Suite("Metric reader state machine") struct MetricReaderStateMachineTests {
    private static let start = ContinuousClock.now

    /// Results in the order in which they were given.
    private final class Results: Sendable {
        private let results = Mutex<[String]>([])
        var all: [String] { results.withLock { $0 } }
        func completion(_ name: String) -> MetricReaderStateMachine.Completion {
            { result in self.results.withLock { $0.append("\(name) \(result)") } }
        }
    }

    private func machine() -> MetricReaderStateMachine {
        MetricReaderStateMachine(interval: .seconds(60), timeout: .seconds(30), now: Self.start)
    }

    private func complete(_ completed: [MetricReaderStateMachine.Completed]) {
        for (completion, result) in completed { completion(result) }
    }

    private func complete(
        _ ended: (completed: [MetricReaderStateMachine.Completed], episodes: [MetricReaderStateMachine.Episode])
    ) {
        complete(ended.completed)
    }

    private func describe(_ step: MetricReaderStateMachine.Step) -> String {
        switch step {
        case .wait(let duration): return "wait \(duration)"
        case .collect(let timeout): return "collect within \(timeout)"
        case .finish(let completed):
            complete(completed)
            return "finish"
        }
    }

    @Test("collects at the interval, and leaves out what a slow export has missed")
    func interval() {
        var machine = machine()
        #expect(describe(machine.next(now: Self.start)) == "wait 60.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(61))) == "collect within 30.0 seconds")
        _ = machine.collected(.accepted(rejected: 0), points: 1)
        #expect(describe(machine.next(now: Self.start + .seconds(70))) == "wait 50.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(300))) == "collect within 30.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(301))) == "wait 59.0 seconds")
    }

    @Test(
        "an interval of nothing is a millisecond, so that there is a pause", arguments: [Duration.zero, .seconds(-1)])
    func noInterval(interval: Duration) {
        var machine = MetricReaderStateMachine(interval: interval, timeout: .seconds(30), now: Self.start)
        let first = machine.next(now: Self.start)
        #expect(describe(first) == "wait \(Duration.milliseconds(1))")
        let second = machine.next(now: Self.start + .milliseconds(1))
        #expect(describe(second) == "collect within 30.0 seconds")
        _ = machine.collected(.accepted(rejected: 0), points: 1)
        let third = machine.next(now: Self.start + .milliseconds(1))
        #expect(describe(third) == "wait \(Duration.milliseconds(1))")
    }

    @Test("B04 a flush waits for a collection that begins after it")
    func flush() {
        var machine = machine()
        let results = Results()
        _ = machine.next(now: Self.start + .seconds(60))
        _ = machine.flush(completion: results.completion("flush"))
        complete(machine.collected(.accepted(rejected: 0), points: 1))
        #expect(results.all.isEmpty)
        #expect(describe(machine.next(now: Self.start + .seconds(61))) == "collect within 30.0 seconds")
        complete(machine.collected(.accepted(rejected: 0), points: 1))
        #expect(results.all == ["flush success"])
    }

    @Test(
        "what became of the points is counted, and told who waits",
        arguments: [
            (ExportResult.accepted(rejected: 0), "success", [3, 0, 0, 0]),
            (.accepted(rejected: 2), "failure", [1, 2, 0, 0]), (.refused(reason: ""), "failure", [0, 0, 3, 0]),
            (.unavailable(reason: ""), "failure", [0, 0, 3, 0]), (nil, "failure", [0, 0, 0, 1]),
        ] as [(ExportResult?, String, [Int])])
    func outcomes(result: ExportResult?, word: String, counts: [Int]) {
        var machine = machine()
        let results = Results()
        _ = machine.flush(completion: results.completion("flush"))
        _ = machine.next(now: Self.start)
        complete(machine.collected(result, points: 3))
        #expect(results.all == ["flush \(word)"])
        let statistics = machine.statistics
        #expect(
            [statistics.exported, statistics.rejected, statistics.failed, statistics.collectionsTooSlow] == counts)
    }

    @Test("failing exports and slow collections are episodes: said once, with the loss at their end")
    func episodes() {
        var machine = machine()
        func collect(_ result: ExportResult?, points: Int, _ machine: inout MetricReaderStateMachine)
            -> [MetricReaderStateMachine.Episode]
        {
            _ = machine.next(now: Self.start + .seconds(60))
            return machine.collected(result, points: points).episodes
        }
        #expect(collect(.refused(reason: "no"), points: 3, &machine) == [.exportsFail(reason: "no")])
        #expect(collect(nil, points: 0, &machine) == [.collectionsTooSlow])
        #expect(collect(nil, points: 0, &machine) == [])
        #expect(
            collect(.unavailable(reason: "gone", cause: .timeout), points: 4, &machine)
                == [.collectionsInTimeAgain(tooSlow: 2)])
        // Nothing was sent, so nobody knows.
        #expect(collect(.accepted(rejected: 0), points: 0, &machine) == [])
        #expect(collect(.accepted(rejected: 0), points: 1, &machine) == [.exportsWorkAgain(lost: 7)])
        #expect(collect(.accepted(rejected: 0), points: 1, &machine) == [])
        #expect(machine.statistics.failedByCause == [.other: 3, .timeout: 4])
    }

    @Test("B04 a shutdown collects once more and ends the thread; a second waits for the first")
    func shutdown() {
        var machine = machine()
        let results = Results()
        _ = machine.shutDown(deadline: Self.start + .seconds(5), completion: results.completion("first"))
        _ = machine.shutDown(deadline: Self.start, completion: results.completion("second"))
        #expect(describe(machine.next(now: Self.start + .seconds(1))) == "collect within 4.0 seconds")
        complete(machine.collected(.accepted(rejected: 0), points: 1))
        #expect(describe(machine.next(now: Self.start + .seconds(2))) == "finish")
        #expect(results.all.sorted() == ["first success", "second success"])
        #expect(machine.flush(completion: results.completion("late")) == .answered(.success))
    }

    @Test("B04 a second shutdown while the last collection is under way begins no other, and comes to the same")
    func secondShutdown() {
        var machine = machine()
        let results = Results()
        _ = machine.shutDown(deadline: Self.start + .seconds(5), completion: results.completion("first"))
        #expect(describe(machine.next(now: Self.start)) == "collect within 5.0 seconds")
        _ = machine.shutDown(deadline: Self.start, completion: results.completion("second"))
        complete(machine.collected(.refused(reason: "no"), points: 1))
        #expect(describe(machine.next(now: Self.start + .seconds(1))) == "finish")
        #expect(results.all.sorted() == ["first failure", "second failure"])
        #expect(machine.statistics.collections == 1)
    }

    @Test("B04 a second shutdown whose time is up interrupts nothing, and one after the first's has its result")
    func secondShutdownExpires() {
        var machine = machine()
        let results = Results()
        _ = machine.shutDown(deadline: Self.start + .seconds(5), completion: results.completion("first"))
        _ = machine.next(now: Self.start)
        _ = machine.shutDown(deadline: Self.start, completion: results.completion("second"))
        _ = machine.shutDown(deadline: Self.start, completion: results.completion("third"))
        let second = machine.expire(id: 2)
        complete(second.completed)
        #expect(!second.interrupts)
        let first = machine.expire(id: 1)
        complete(first.completed)
        #expect(first.interrupts)
        #expect(machine.shutDown(deadline: Self.start, completion: results.completion("late")) == .answered(.timeout))
        complete(machine.collected(.accepted(rejected: 0), points: 1))
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "finish")
        #expect(results.all == ["second timeout", "first timeout", "third timeout"])
    }

    @Test("B04 a shutdown whose export fails says so")
    func shutdownFails() {
        var machine = machine()
        let results = Results()
        _ = machine.shutDown(deadline: Self.start + .seconds(5), completion: results.completion("shutdown"))
        _ = machine.next(now: Self.start)
        complete(machine.collected(.refused(reason: ""), points: 1))
        #expect(describe(machine.next(now: Self.start)) == "finish")
        #expect(results.all == ["shutdown failure"])
    }

    @Test("B04 a shutdown whose time is too short to look everything up says so")
    func shutdownTooShort() {
        var machine = machine()
        let results = Results()
        _ = machine.shutDown(deadline: Self.start + .seconds(5), completion: results.completion("shutdown"))
        _ = machine.next(now: Self.start)
        complete(machine.collected(nil, points: 0))
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "finish")
        #expect(results.all == ["shutdown timeout"])
    }

    @Test("B04 a shutdown whose time is up interrupts the export under way")
    func shutdownExpires() throws {
        var machine = machine()
        let results = Results()
        guard
            case .waiting(let id) = machine.shutDown(
                deadline: Self.start + .seconds(5), completion: results.completion("shutdown"))
        else {
            Issue.record("nothing to wait for")
            return
        }
        _ = machine.next(now: Self.start)
        let expiry = machine.expire(id: id)
        complete(expiry.completed)
        #expect(expiry.interrupts && results.all == ["shutdown timeout"])
        complete(machine.collected(.unavailable(reason: ""), points: 1))
        #expect(describe(machine.next(now: Self.start + .seconds(6))) == "finish")
        #expect(machine.flush(completion: results.completion("late")) == .answered(.timeout))
    }

    @Test("B04 a flush whose time is up is told so, and nothing else ends")
    func flushExpires() {
        var machine = machine()
        let results = Results()
        guard case .waiting(let id) = machine.flush(completion: results.completion("flush")) else {
            Issue.record("nothing to wait for")
            return
        }
        let expiry = machine.expire(id: id)
        complete(expiry.completed)
        #expect(!expiry.interrupts && results.all == ["flush timeout"])
        #expect(machine.expire(id: id).completed.isEmpty)
        #expect(describe(machine.next(now: Self.start)) == "wait 60.0 seconds")
    }
}
