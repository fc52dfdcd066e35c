import Queuert

/// A chain that recurs, and yields the time that it ran for, in seconds since the clock's start.
enum Tick: EntryJobType {
    static let name = "tick"
    typealias Input = Occurrence<String>
    typealias Output = Int
}

/// What recurs in these cases recurs every minute.
let minute = Duration.seconds(60)

extension WorkerScenario {
    /// Starts the chains of what recurs.
    var recurrences: Processor<Adapter> { .recurrences(of: client) }

    /// Processes ``Tick``.
    func ticks(_ start: Timestamp) -> Processor<Adapter> {
        ProcessorMode.detached.processor(Tick.self, on: Adapter.self) { job in
            .finish(Self.seconds(from: start, to: job.input.time))
        }
    }

    /// Lets ``Tick`` recur every minute.
    @discardableResult
    func startTicking(
        _ payload: String = "", every interval: Duration = minute, missedRuns: MissedRuns = .once,
        overlappingRuns: OverlappingRuns = .skip
    ) async throws -> RecurringWork {
        try await client.startRecurring(
            "ticks", Tick.self, payload: payload, .every(interval), missedRuns: missedRuns,
            overlappingRuns: overlappingRuns)
    }

    /// Moves the time to the next occurrence, and waits until a worker has seen it.
    func passOccurrence(after interval: Duration = minute) async throws {
        let seen = journal.count(of: "completed queuert.recurrence")
        advance(by: interval, waking: "queuert.recurrence")
        try await journal.wait(for: seen + 1, of: "completed queuert.recurrence")
    }

    /// The times for which chains were started, in seconds since a moment, from the first on.
    func startedTicks(since start: Timestamp) async throws -> [Int] {
        var times: [Int] = []
        for chain in try await chains(of: "tick") {
            let completed = try await client.awaitJobChain(Chain<Tick>(id: chain.first.id))
            times.append(completed.output)
        }
        return times.sorted()
    }

    /// The chains of a type.
    func chains(of typeName: String, _ statuses: Set<JobStatus>? = nil) async throws -> [ChainEnds] {
        try await client.chains(
            ChainQuery(typeNames: [typeName], statuses: statuses, order: .oldestFirst, limit: 1_000)
        ).items
    }

    /// Fails unless just one job waits for the next occurrence.
    func expectOneRecurrence() async throws {
        let open = try await chains(of: "queuert.recurrence", [.scheduled, .ready, .running])
        try expect(open.count, equals: 1, "the number of jobs that wait for an occurrence")
    }

    static func seconds(from start: Timestamp, to end: Timestamp) -> Int { Int((end - start).components.seconds) }
}
