import Synchronization
import Testing

@testable import QueuertOTel

@Suite("Batch state machine") struct BatchStateMachineTests {
    private typealias Machine = BatchStateMachine<SpanData>

    private static let start = ContinuousClock.now

    /// Results in the order in which they were given.
    private final class Results: Sendable {
        private let results = Mutex<[String]>([])
        var all: [String] { results.withLock { $0 } }
        func completion(_ name: String) -> Machine.Completion {
            { result in self.results.withLock { $0.append("\(name) \(result)") } }
        }
    }

    private func machine(queue: Int = 8, batch: Int = 4, exportTimeout: Duration = .seconds(30)) -> Machine {
        Machine(
            configuration: BatchConfiguration(
                maximumQueueSize: queue, maximumBatchSize: batch, scheduleDelay: .seconds(5),
                exportTimeout: exportTimeout),
            now: Self.start)
    }

    private func complete(_ completed: [Machine.Completed]) {
        for (completion, result) in completed { completion(result) }
    }

    /// What a step is, in words that can be compared.
    private func describe(_ step: Machine.Step) -> String {
        switch step {
        case .wait(let duration): "wait \(duration)"
        case .export(let batch, let timeout): "export \(batch.map(\.name).joined()) within \(timeout)"
        case .finish(let completed): "finish \(completed.count)"
        }
    }

    private func offer(_ names: String, to machine: inout Machine) -> [Machine.Offer] {
        var offers: [Machine.Offer] = []
        for name in names { offers.append(machine.offer(.sample(String(name)))) }
        return offers
    }

    @Test("B02 a full batch wakes the thread, once until it has looked")
    func fullBatch() {
        var machine = machine()
        #expect(offer("abcdef", to: &machine) == [.queued, .queued, .queued, .due, .queued, .queued])
        #expect(describe(machine.next(now: Self.start)) == "export abcd within 30.0 seconds")
        #expect(offer("gh", to: &machine) == [.queued, .due])
        _ = machine.exported(.accepted(rejected: 0), now: Self.start)
        #expect(describe(machine.next(now: Self.start)) == "export efgh within 30.0 seconds")
    }

    @Test("B02 a batch that isn't full is exported when the delay is over, counted from the export before")
    func delay() {
        var machine = machine()
        _ = offer("ab", to: &machine)
        #expect(describe(machine.next(now: Self.start)) == "wait 5.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(4))) == "wait 1.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "export ab within 30.0 seconds")
        _ = machine.exported(.accepted(rejected: 0), now: Self.start + .seconds(7))
        _ = offer("c", to: &machine)
        #expect(describe(machine.next(now: Self.start + .seconds(11))) == "wait 1.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(12))) == "export c within 30.0 seconds")
    }

    @Test("with nothing to export the thread waits for another delay")
    func idle() {
        var machine = machine()
        #expect(describe(machine.next(now: Self.start + .seconds(6))) == "wait 5.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(8))) == "wait 3.0 seconds")
    }

    @Test("B01 a full queue drops the newest, counts them, and says so once an episode")
    func queueFull() {
        var machine = machine(queue: 4, batch: 2)
        _ = offer("abcd", to: &machine)
        #expect(
            offer("efg", to: &machine) == [
                .droppedQueueFull(firstOfEpisode: true), .droppedQueueFull(firstOfEpisode: false),
                .droppedQueueFull(firstOfEpisode: false),
            ])
        // The queue is filled again while the first batch is on its way: still the same episode.
        #expect(describe(machine.next(now: Self.start)) == "export ab within 30.0 seconds")
        _ = offer("hi", to: &machine)
        #expect(machine.exported(.accepted(rejected: 0), now: Self.start).episodes == [])
        #expect(offer("j", to: &machine) == [.droppedQueueFull(firstOfEpisode: false)])
        #expect(describe(machine.next(now: Self.start)) == "export cd within 30.0 seconds")
        #expect(
            machine.exported(.accepted(rejected: 0), now: Self.start).episodes == [.queueHasRoomAgain(dropped: 4)])
        _ = offer("kl", to: &machine)
        #expect(offer("m", to: &machine) == [.droppedQueueFull(firstOfEpisode: true)])
        #expect(machine.statistics.droppedQueueFull == 5)
    }

    @Test("B04 a flush exports what is queued batch by batch, and ends when what ended before it is settled")
    func flush() {
        let results = Results()
        var machine = machine()
        _ = offer("abcde", to: &machine)
        #expect(machine.flush(completion: results.completion("flush")) == .waiting(id: 1))
        #expect(describe(machine.next(now: Self.start)) == "export abcd within 30.0 seconds")
        _ = offer("f", to: &machine)
        complete(machine.exported(.accepted(rejected: 0), now: Self.start).completed)
        #expect(results.all == [])
        #expect(describe(machine.next(now: Self.start)) == "export ef within 30.0 seconds")
        complete(machine.exported(.accepted(rejected: 0), now: Self.start).completed)
        #expect(results.all == ["flush success"])
        _ = offer("g", to: &machine)
        #expect(describe(machine.next(now: Self.start)) == "wait 5.0 seconds")
    }

    @Test("B04 a flush covers the batch that is on its way, and says if it was lost")
    func flushOfBatchUnderWay() {
        let results = Results()
        var machine = machine()
        _ = offer("abcd", to: &machine)
        _ = machine.next(now: Self.start)
        #expect(machine.flush(completion: results.completion("first")) == .waiting(id: 1))
        complete(machine.exported(.refused(reason: "no"), now: Self.start).completed)
        _ = offer("e", to: &machine)
        #expect(machine.flush(completion: results.completion("second")) == .waiting(id: 2))
        _ = machine.next(now: Self.start)
        complete(machine.exported(.accepted(rejected: 0), now: Self.start).completed)
        #expect(results.all == ["first failure", "second success"])
    }

    @Test(
        "B04 a flush fails if a part is lost",
        arguments: [ExportResult.accepted(rejected: 1), .refused(reason: "400"), .unavailable(reason: "503")])
    func flushFails(result: ExportResult) {
        let results = Results()
        var machine = machine()
        _ = offer("abcdef", to: &machine)
        _ = machine.flush(completion: results.completion("flush"))
        _ = machine.next(now: Self.start)
        complete(machine.exported(result, now: Self.start).completed)
        _ = machine.next(now: Self.start)
        complete(machine.exported(.accepted(rejected: 0), now: Self.start).completed)
        #expect(results.all == ["flush failure"])
    }

    @Test("B04 with nothing to do a flush is done")
    func emptyFlush() {
        var machine = machine()
        #expect(machine.flush { _ in } == .answered(.success))
    }

    @Test("B04 a flush whose time is up leaves the spans queued")
    func flushExpires() {
        let results = Results()
        var machine = machine()
        _ = offer("a", to: &machine)
        _ = machine.flush(completion: results.completion("flush"))
        let expiry = machine.expire(id: 1)
        complete(expiry.completed)
        #expect(results.all == ["flush timeout"])
        #expect(!expiry.interrupts)
        #expect(machine.expire(id: 1).completed.isEmpty)
        #expect(machine.statistics.pending == 1)
    }

    @Test("B04 a shutdown exports the rest, then ends, and what ends later is dropped and counted")
    func shutdown() {
        let results = Results()
        var machine = machine()
        _ = offer("abcde", to: &machine)
        let deadline = Self.start + .seconds(10)
        #expect(machine.shutDown(deadline: deadline, completion: results.completion("first")) == .waiting(id: 1))
        #expect(
            offer("fg", to: &machine) == [.droppedAfterShutdown(first: true), .droppedAfterShutdown(first: false)])
        // No longer than the deadline, whatever the configuration says.
        #expect(describe(machine.next(now: Self.start)) == "export abcd within 10.0 seconds")
        complete(machine.exported(.accepted(rejected: 0), now: Self.start + .seconds(4)).completed)
        #expect(describe(machine.next(now: Self.start + .seconds(4))) == "export e within 6.0 seconds")
        complete(machine.exported(.accepted(rejected: 0), now: Self.start + .seconds(5)).completed)
        // A second call waits for the first, whatever its own deadline.
        #expect(machine.shutDown(deadline: Self.start, completion: results.completion("second")) == .waiting(id: 2))
        guard case .finish(let completed) = machine.next(now: Self.start + .seconds(5)) else {
            Issue.record("the thread goes on")
            return
        }
        complete(completed)
        #expect(results.all == ["first success", "second success"])
        #expect(machine.shutDown(deadline: deadline) { _ in } == .answered(.success))
        #expect(machine.flush { _ in } == .answered(.success))
        #expect(machine.statistics.droppedAfterShutdown == 2 && machine.statistics.exported == 5)
    }

    @Test("B04 a second shutdown comes to what the first does, though a batch was lost between the two")
    func secondShutdown() {
        let results = Results()
        var machine = machine()
        _ = offer("abcde", to: &machine)
        let deadline = Self.start + .seconds(10)
        _ = machine.shutDown(deadline: deadline, completion: results.completion("first"))
        _ = machine.next(now: Self.start)
        complete(machine.exported(.refused(reason: "no"), now: Self.start).completed)
        _ = machine.shutDown(deadline: deadline, completion: results.completion("second"))
        _ = machine.next(now: Self.start)
        complete(machine.exported(.accepted(rejected: 0), now: Self.start).completed)
        guard case .finish(let completed) = machine.next(now: Self.start) else {
            Issue.record("the thread goes on")
            return
        }
        complete(completed)
        #expect(results.all == ["first failure", "second failure"])
        #expect(machine.shutDown(deadline: deadline) { _ in } == .answered(.failure))
    }

    @Test("B04 a second shutdown whose own time is up interrupts nothing, and one that waits has the first's result")
    func secondShutdownExpires() {
        let results = Results()
        var machine = machine()
        _ = offer("abcde", to: &machine)
        let deadline = Self.start + .seconds(10)
        for name in ["first", "second", "third"] {
            _ = machine.shutDown(deadline: deadline, completion: results.completion(name))
        }
        _ = machine.next(now: Self.start)
        let second = machine.expire(id: 2)
        complete(second.completed)
        #expect(!second.interrupts && machine.statistics.pending == 5)
        let first = machine.expire(id: 1)
        complete(first.completed)
        #expect(first.interrupts && machine.statistics.droppedAtDeadline == 1)
        complete(machine.exported(.accepted(rejected: 0), now: Self.start).completed)
        guard case .finish(let completed) = machine.next(now: Self.start) else {
            Issue.record("the thread goes on")
            return
        }
        complete(completed)
        #expect(results.all == ["second timeout", "first timeout", "third timeout"])
    }

    @Test("after three batches in a row that are lost one is exported in each delay, until one is taken or asked for")
    func probing() {
        var machine = machine(queue: 100)
        for _ in 1...3 {
            _ = offer("abcd", to: &machine)
            #expect(describe(machine.next(now: Self.start)) == "export abcd within 30.0 seconds")
            _ = machine.exported(.unavailable(reason: "gone"), now: Self.start)
        }
        #expect(offer("efghijkl", to: &machine) == Array(repeating: .queued, count: 8))
        #expect(describe(machine.next(now: Self.start + .seconds(1))) == "wait 4.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "export efgh within 30.0 seconds")
        _ = machine.exported(.refused(reason: "no"), now: Self.start + .seconds(5))
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "wait 5.0 seconds")
        #expect(machine.flush { _ in } == .waiting(id: 1))
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "export ijkl within 30.0 seconds")
        _ = machine.exported(.accepted(rejected: 0), now: Self.start + .seconds(5))
        #expect(offer("mnop", to: &machine) == [.queued, .queued, .queued, .due])
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "export mnop within 30.0 seconds")
    }

    @Test("however long items wait for a batch, a receiver that failed is tried again after 5 seconds")
    func probingDelay() {
        var machine = Machine(
            configuration: BatchConfiguration(
                maximumQueueSize: 8, maximumBatchSize: 1, scheduleDelay: .seconds(3600)),
            now: Self.start)
        for _ in 1...3 {
            _ = offer("a", to: &machine)
            _ = machine.next(now: Self.start)
            _ = machine.exported(.unavailable(reason: "gone"), now: Self.start)
        }
        #expect(describe(machine.next(now: Self.start)) == "wait 5.0 seconds")
        #expect(describe(machine.next(now: Self.start + .seconds(5))) == "wait 5.0 seconds")
        #expect(offer("b", to: &machine) == [.queued])
        #expect(describe(machine.next(now: Self.start + .seconds(10))) == "export b within 30.0 seconds")
    }

    @Test("B04 a shutdown whose time is up interrupts the export and drops the rest")
    func shutdownExpires() {
        let results = Results()
        var machine = machine()
        _ = offer("abcdef", to: &machine)
        _ = machine.next(now: Self.start)
        _ = machine.flush(completion: results.completion("flush"))
        _ = machine.shutDown(deadline: Self.start + .seconds(1), completion: results.completion("shutdown"))
        let expiry = machine.expire(id: 2)
        complete(expiry.completed)
        #expect(expiry.interrupts)
        #expect(results.all == ["shutdown timeout"])
        #expect(machine.statistics.droppedAtDeadline == 2 && machine.statistics.pending == 4)
        complete(machine.exported(.unavailable(reason: "interrupted"), now: Self.start + .seconds(1)).completed)
        guard case .finish(let completed) = machine.next(now: Self.start + .seconds(1)) else {
            Issue.record("the thread goes on")
            return
        }
        complete(completed)
        #expect(results.all == ["shutdown timeout", "flush failure"])
        #expect(machine.shutDown(deadline: Self.start) { _ in } == .answered(.timeout))
    }

    @Test("B04 a shutdown whose time was up has failed for whoever asks later, though its last export is accepted")
    func afterShutdownExpired() {
        let results = Results()
        var machine = machine(batch: 1)
        _ = offer("ab", to: &machine)
        #expect(describe(machine.next(now: Self.start)) == "export a within 30.0 seconds")
        _ = machine.shutDown(deadline: Self.start + .seconds(1), completion: results.completion("shutdown"))
        complete(machine.expire(id: 1).completed)
        #expect(machine.flush { _ in } == .answered(.timeout))
        #expect(machine.shutDown(deadline: Self.start) { _ in } == .answered(.timeout))
        complete(machine.exported(.accepted(rejected: 0), now: Self.start).completed)
        #expect(describe(machine.next(now: Self.start)) == "finish 0")
        #expect(machine.flush { _ in } == .answered(.timeout))
        #expect(results.all == ["shutdown timeout"])
        #expect(machine.statistics.droppedAtDeadline == 1)
    }

    @Test("B04 a thread that comes late to the deadline starts no export")
    func lateThread() {
        let results = Results()
        var machine = machine()
        _ = offer("a", to: &machine)
        _ = machine.shutDown(deadline: Self.start + .seconds(1), completion: results.completion("shutdown"))
        guard case .finish(let completed) = machine.next(now: Self.start + .seconds(1)) else {
            Issue.record("the thread goes on")
            return
        }
        complete(completed)
        #expect(results.all == ["shutdown timeout"])
        #expect(machine.statistics.droppedAtDeadline == 1)
    }

    @Test("failing exports are an episode: said once, with the loss at its end")
    func failureEpisode() {
        var machine = machine(queue: 8, batch: 2)
        func export(_ result: ExportResult, _ machine: inout Machine) -> [Machine.Episode] {
            _ = offer("ab", to: &machine)
            _ = machine.next(now: Self.start)
            return machine.exported(result, now: Self.start).episodes
        }
        #expect(export(.unavailable(reason: "refused"), &machine) == [.exportsFail(reason: "refused")])
        #expect(export(.unavailable(reason: "refused"), &machine) == [])
        #expect(export(.accepted(rejected: 1), &machine) == [.exportsWorkAgain(lost: 4)])
        #expect(export(.accepted(rejected: 0), &machine) == [])
        var expected = BatchSpanProcessor.Statistics()
        expected.exported = 3
        expected.rejected = 1
        expected.failedByCause = [.other: 4]
        #expect(machine.statistics == expected)
    }

    @Test("what is lost is counted by its cause")
    func causes() {
        var machine = machine(queue: 8, batch: 2)
        let results: [ExportResult] = [
            .refused(reason: "no", cause: .status(400)), .unavailable(reason: "late", cause: .timeout),
            .unavailable(reason: "late again", cause: .timeout), .refused(reason: "of another exporter"),
        ]
        for (index, result) in results.enumerated() {
            let now = Self.start + .seconds(10 * index)
            _ = offer("ab", to: &machine)
            _ = machine.next(now: now)
            _ = machine.exported(result, now: now)
        }
        #expect(machine.statistics.failedByCause == ["400": 2, .timeout: 4, .other: 2])
        #expect(machine.statistics.failed == 8)
    }

    @Test("a receiver that claims to have rejected more than it got, or less than none, breaks no count")
    func absurdAnswers() {
        var machine = machine(queue: 8, batch: 2)
        for rejected in [99, -99] {
            _ = offer("ab", to: &machine)
            _ = machine.next(now: Self.start)
            _ = machine.exported(.accepted(rejected: rejected), now: Self.start)
        }
        #expect(machine.statistics.rejected == 2 && machine.statistics.exported == 2)
    }
}
