internal import Logging

/// Claims jobs and runs their handlers.
///
/// ```swift
/// let worker = try Worker(client: client, processors: [.atomic(ResizeImage.self) { job, db in … }])
/// await worker.run()
/// ```
///
/// A process may run several workers, and several processes may work on one database.
public final class Worker<Adapter: StateAdapter>: Sendable {
    /// How a worker is set up.
    public struct Configuration: Sendable {
        /// The worker's name; what runs is stored with it, and a part made by chance.
        public var name: String
        /// How many jobs run at once; at least one, and 100,000 at most.
        public var concurrency: Int {
            didSet { concurrency = Self.slots(concurrency) }
        }
        /// How long a worker that died keeps its jobs, at least a millisecond; leases are prolonged after a third of
        /// it.
        public var leaseDuration: Duration {
            didSet { leaseDuration = max(Self.shortestTime, leaseDuration) }
        }
        /// How often to look for jobs when no hint arrives, as when another process starts a chain; at least a
        /// millisecond.
        public var pollInterval: Duration {
            didSet { pollInterval = max(Self.shortestTime, pollInterval) }
        }
        /// How long a job waits after a failed attempt, unless its processor says otherwise.
        public var backoff: Backoff
        /// After how many attempts in a row that failed, or whose worker died, a job is not tried again, unless its
        /// processor says otherwise.
        public var maximumAttempts: Int?
        /// After how long it is logged as an error that a handler ignores its cancellation, that a claim doesn't end, or that
        /// all of Swift's cooperative threads are blocked; `nil` for never.
        public var watchdogPatience: Duration?
        /// How long the worker waits after the database failed it.
        public var recoveryBackoff: Backoff

        /// Without any time between, a worker would do nothing but ask the database.
        private static var shortestTime: Duration { .milliseconds(1) }

        /// A claim takes jobs for all free slots in one transaction.
        private static func slots(_ count: Int) -> Int { min(max(1, count), 100_000) }

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - name: The worker's name; `worker` by default.
        ///   - concurrency: How many jobs run at once, at least one and 100,000 at most; 10 by default.
        ///   - leaseDuration: How long a worker that died keeps its jobs, at least a millisecond; 30 seconds by
        ///     default.
        ///   - pollInterval: How often to look for jobs when no hint arrives, at least a millisecond; 1 second by
        ///     default.
        ///   - backoff: How long a job waits after a failed attempt.
        ///   - maximumAttempts: After how many attempts in a row that failed, or whose worker died, a job has failed
        ///     for good; it is tried for ever by default. Attempts that were given back don't count, and one that was
        ///     rescheduled begins the row anew.
        ///   - watchdogPatience: After how long it is logged as an error that a handler ignores its cancellation, that a
        ///     claim doesn't end, or that all of Swift's cooperative threads are blocked; 30 seconds by default.
        ///   - recoveryBackoff: How long the worker waits after the database failed it; from 100 ms to 10 s by default.
        public init(
            name: String = "worker", concurrency: Int = 10, leaseDuration: Duration = .seconds(30),
            pollInterval: Duration = .seconds(1), backoff: Backoff = Backoff(), maximumAttempts: Int? = nil,
            watchdogPatience: Duration? = .seconds(30),
            recoveryBackoff: Backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(10))
        ) {
            self.name = name
            self.concurrency = Self.slots(concurrency)
            self.leaseDuration = max(Self.shortestTime, leaseDuration)
            self.pollInterval = max(Self.shortestTime, pollInterval)
            self.backoff = backoff
            self.maximumAttempts = maximumAttempts
            self.watchdogPatience = watchdogPatience
            self.recoveryBackoff = recoveryBackoff
        }
    }

    /// What the worker's jobs are leased to: the configured name and a part made by chance.
    public let id: String
    let client: Client<Adapter>
    let configuration: Configuration
    let processors: [String: Processor<Adapter>]
    let slots: Slots
    let settler: Settler
    let watchdog: Watchdog?
    let random: Locked<FastRandom>
    /// What every claim asks for.
    let claimRequest: ClaimRequest
    /// Raised when there may be something to claim, or the worker is to stop.
    let signal: Signal
    /// Whether there was a hint after which a type may be paused, and nobody has looked since.
    let mayBePaused = Locked(false)
    /// What hints say of jobs that are just being claimed.
    let lostWhileClaiming = Locked(LostWhileClaiming())
    /// Open as soon as the worker is to stop.
    let stopping = Latch()
    private let life = Locked(Life())
    private let ended = Latch()

    private struct Life {
        var hasRun = false
        var isStopping = false

        /// Notes that the worker stops.
        ///
        /// - Returns: Whether that is news.
        mutating func beginStopping() -> Bool {
            defer { isStopping = true }
            return !isStopping
        }
    }

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - client: What the jobs are claimed through.
    ///   - processors: How each type of job is processed; other types are left to other workers.
    ///   - middleware: What each processor must have around its handler, in this order; it may have more.
    ///   - configuration: How the worker is set up.
    /// - Throws: ``MissingMiddlewareError`` if a processor hasn't; ``DuplicateJobTypeError`` if there are two processors for
    ///   a type, or two types of one name among those of the processors and all that they lead to;
    ///   ``InvalidJobTypeNameError``; ``UnknownJobTypeError`` if the client was given types and a processor's is not among
    ///   them; or ``OutboxDatabaseError`` if the client's telemetry has an outbox in another database.
    public convenience init(
        client: Client<Adapter>, processors: [Processor<Adapter>],
        requiring middleware: [any AttemptMiddleware.Type] = [], configuration: Configuration = Configuration()
    ) throws {
        try self.init(
            client: client, slices: [ProcessorSlice("", processors)], requiring: middleware,
            configuration: configuration)
    }

    /// Makes a worker of processors that several modules have.
    ///
    /// - Parameters:
    ///   - client: What the jobs are claimed through.
    ///   - slices: How each type of job is processed; other types are left to other workers.
    ///   - middleware: What each processor must have around its handler, in this order; it may have more.
    ///   - configuration: How the worker is set up.
    /// - Throws: As ``init(client:processors:requiring:configuration:)``; the error names the slices.
    public init(
        client: Client<Adapter>, slices: [ProcessorSlice<Adapter>],
        requiring middleware: [any AttemptMiddleware.Type] = [], configuration: Configuration = Configuration()
    ) throws {
        if let error = client.outboxError { throw error }
        processors = try ProcessorSlice.merge(slices, types: client.codec.types)
        // The library's own processors run none of the user's code.
        for processor in processors.values where !(processor.type is any BuiltInJobType.Type) {
            try processor.check(requires: middleware)
        }
        self.client = client
        self.configuration = configuration
        var random = FastRandom(seed: .random(in: .min ... .max))
        id = "\(configuration.name)-\(String(random.next(), radix: 36))"
        self.random = Locked(random)
        claimRequest = ClaimRequest(
            typeNames: processors.keys.sorted(),
            typesWithBlockers: Set(processors.values.filter(\.hasBlockers).map(\.typeName)),
            limit: 0, batchSizes: processors.mapValues(\.batchLimit).filter { $0.value > 1 },
            worker: id, leaseDuration: configuration.leaseDuration)
        settler = Settler(client: client)
        watchdog = configuration.watchdogPatience.map {
            Watchdog(clock: client.clock, logger: client.logger, patience: $0)
        }
        signal = Signal(clock: client.clock)
        slots = Slots(configuration.concurrency, batchSizes: claimRequest.batchSizes, hasRoom: signal)
    }

    /// Works until ``stop(within:)`` is called or the task is cancelled.
    ///
    /// Cancellation stops at once: handlers are cancelled and their jobs given back. May be called once: a second call
    /// is a mistake that stops the program.
    public func run() async {
        let isFirst = life.withLock { life in
            defer { life.hasRun = true }
            return !life.hasRun
        }
        precondition(isFirst, "A worker runs once. Make another one to go on.")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [leaseKeeper] in await leaseKeeper.run() }
            group.addTask { [reaper] in await reaper.run() }
            group.addTask { [settler] in await settler.run() }
            tell { .workerStarted($0) }
            await reportUnknownTypes()
            if let watchdog {
                await watchdog.watch { await claimAndRun() }
            } else {
                await claimAndRun()
            }
            group.cancelAll()
        }
        // A task that was cancelled has told nobody.
        if life.withLock({ $0.beginStopping() }) { tell { .workerStopping($0) } }
        tell { .workerStopped($0) }
        ended.open()
    }

    /// Stops: claims nothing more, lets the running jobs end, and gives back those that have not ended in time.
    ///
    /// A job that is given back is due at once, and its attempt doesn't count. Its handler is cancelled, cooperatively.
    /// Returns when all jobs have ended or been given back, at the latest 5 seconds after the deadline. A task that is
    /// cancelled waits no less.
    ///
    /// - Parameter deadline: How long running jobs may take; 20 seconds by default.
    public func stop(within deadline: Duration = .seconds(20)) async {
        let (hasRun, isFirst) = life.withLock { ($0.hasRun, $0.beginStopping()) }
        guard hasRun else { return }
        if isFirst { tell { .workerStopping($0) } }
        stopping.open()
        signal.raise()
        // Whoever runs the worker waits for it.
        let unbegun = slots.close()
        Task { [self] in await giveBack(unbegun) }
        if await client.clock.waitsRegardless(for: ended, atMost: deadline) { return }
        // A handler that ignores its cancellation may hold the database's only writer: the jobs are given back when it
        // is free, and until then this process can't be waited for.
        let givenBack = Latch()
        Task { [self] in
            await giveBack(slots.claimed)
            givenBack.open()
        }
        if await !client.clock.waitsRegardless(for: givenBack, atMost: Self.giveBackGrace) {
            client.logger.error(
                "Running jobs are not given back yet, because the database is busy. Let handlers heed cancellation.")
        }
    }

    /// How long ``stop(within:)`` takes at most beyond its deadline.
    private static var giveBackGrace: Duration { .seconds(5) }

    var isStopping: Bool { life.withLock { $0.isStopping } }

    /// Cancels the handlers of attempts, if they have begun, and gives their jobs back.
    func giveBack(_ attempts: [Attempt]) async {
        if attempts.isEmpty { return }
        for attempt in attempts { attempt.cancel(.shutdown) }
        let settling = attempts.map { $0.settling(.released, .released) }
        // Not a child of the task that stops: that may be cancelled, or have a transaction open, and the jobs are to be
        // given back all the same.
        await OpenTransactions.startTaskOutside { [client, slots, id] in
            defer { slots.remove(attempts) }
            do {
                let written = try await client.withOperation { connection in
                    try client.settle(settling, on: connection)
                }
                client.logger.info(
                    "Claimed jobs were given back.", metadata: ["count": "\(written.count { $0 })"])
            } catch {
                client.observability?.happened(
                    .databaseFailed(DatabaseFailure(work: .release, error: error, worker: id)))
                client.logger.error(
                    "Claimed jobs could not be given back; they are tried again when their leases end.",
                    metadata: logMetadata(of: error).merging(["count": "\(settling.count)"]) { $1 })
            }
        }.value
    }

    var leaseKeeper: LeaseKeeper<Adapter> {
        LeaseKeeper(
            client: client, workerName: id, leaseDuration: configuration.leaseDuration, slots: slots
        ) { [self] in await giveBack($0) }
    }

    private var reaper: Reaper<Adapter> {
        Reaper(
            client: client, workerName: id, typeNames: Array(processors.keys),
            leaseDuration: configuration.leaseDuration, slots: slots, watchdog: watchdog,
            attemptsToCount: { self.attemptsToCount(of: $0) }
        ) { self.outcome(after: $0, earlierFailures: $1, error: $2, .lost) }
    }

    /// Tells of the worker's own life.
    private func tell(_ event: (WorkerActivity) -> QueueEvent) {
        guard let observability = client.observability else { return }
        let activity = WorkerActivity(
            id: id, name: configuration.name, typeNames: claimRequest.typeNames,
            running: { [slots] in slots.running }, hasRoom: { [slots] in slots.hasFree },
            jobCounts: { [client] in try await client.jobCounts() })
        observability.happened(event(activity))
    }

    /// Says that the database failed the worker.
    func tellFailure(_ work: DatabaseFailure.Work, _ error: any Error) {
        client.observability?.happened(.databaseFailed(DatabaseFailure(work: work, error: error, worker: id)))
    }

    /// Says which jobs nobody here processes: their type may have been renamed, or belong to another worker.
    private func reportUnknownTypes() async {
        let waiting: [String: Int]
        do {
            waiting = try await client.adapter.withReadConnection { [client] connection in
                try client.adapter.operations(on: connection).jobCounts().mapValues(\.waiting)
            }
        } catch {
            if Task.isCancelled { return }
            client.logger.error(
                "Whether jobs wait that this worker has no processor for is not known.",
                metadata: logMetadata(of: error))
            return
        }
        for (typeName, count) in waiting where count > 0 && processors[typeName] == nil {
            client.logger.warning(
                "Jobs wait whose type this worker has no processor for. Run a worker that has, or register one.",
                metadata: ["queuert.job.type": "\(typeName)", "count": "\(count)"])
        }
    }
}
