#if GRDB
import Dispatch
internal import Queuert
internal import QueuertSQLite

/// Runs the jobs of one actor on a thread that GRDB lends: the one on which it allows the use of a connection, for as long as
/// an access to the database lasts.
///
/// Jobs that come before the thread is lent wait for it. Those that come when it was given back, or when nobody wants it
/// any more, run on another one, where the actor has no connection: nothing ever waits for ever.
final class LentThread: SerialExecutor {
    /// What came of an access to the database.
    struct Ending: Sendable {
        /// Why the access failed, other than by its body.
        var failure: (any Error)?
        /// What is to run when the connection was given back.
        var effects: @Sendable () -> Void = {}
    }
    private enum Phase { case asked, lent, over }
    private struct State {
        var phase = Phase.asked
        var jobs: [UnownedJob] = []
        var isSleeping = false
        /// Whether who asked for the thread is no longer interested.
        var isCancelled = false
        /// Whether the body has ended, though its access to the database has not.
        var isGivenBack = false
        /// The thread that runs the actor's jobs, as a number.
        var thread: UInt?
        /// Ends the statement that runs.
        var interrupter: SQLiteInterrupter?
        var ending: Ending?
        var waiter: CheckedContinuation<Ending, Never>?
        var lateJobs: DispatchQueue?
    }
    private enum Step {
        case job(UnownedJob)
        case sleep, stop
    }
    private let state = Locked(State())
    private let wakeUp = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (wasSleeping, queue) = state.withLock { state -> (Bool, DispatchQueue?) in
            if state.phase == .over { return (false, Self.queueForLateJobs(&state)) }
            state.jobs.append(job)
            defer { state.isSleeping = false }
            return (state.isSleeping, nil)
        }
        if wasSleeping { wakeUp.signal() }
        if let queue { runLate(job, on: queue) }
    }

    func checkIsolated() {
        precondition(state.withLock { $0.thread } == currentThread(), "This is not the thread that GRDB lent.")
    }

    // MARK: On the thread that is lent

    /// Lends the calling thread.
    ///
    /// - Parameter interrupter: Ends the statement that runs, if the task that reads is cancelled.
    /// - Returns: Whether the thread is still wanted. Then ``end(_:)`` is to be called on it.
    func begin(interrupter: SQLiteInterrupter? = nil) -> Bool {
        state.withLock { state in
            guard state.phase == .asked else { return false }
            state.phase = .lent
            state.thread = currentThread()
            state.interrupter = interrupter
            return true
        }
    }

    /// Whether who asked for the thread was cancelled, which matters until the body begins.
    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    /// Runs the actor's jobs until one of them has called ``giveBack()``.
    func runJobs() {
        while true {
            let step = state.withLock { state -> Step in
                if state.isGivenBack { return .stop }
                if !state.jobs.isEmpty { return .job(state.jobs.removeFirst()) }
                state.isSleeping = true
                return .sleep
            }
            switch step {
            case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
            case .sleep: wakeUp.wait()
            case .stop: return
            }
        }
    }

    /// Ends the run of the actor's jobs; called in the last of them.
    func giveBack() { state.withLock { $0.isGivenBack = true } }

    /// Ends the access, and tells who waits for it.
    func end(_ ending: Ending) { finish(ending) { $0.phase == .lent } }

    // MARK: For who asks

    /// Gives the thread up that GRDB was asked for, if the access could not begin.
    func refuse(_ error: any Error) { finish(Ending(failure: error)) { $0.phase == .asked } }

    /// Ends the wait for the thread, or the statement that runs if it may be ended.
    func cancel() {
        state.withLock { $0.isCancelled = true }
        if interrupt() {
            // An interruption that comes just before a statement begins does nothing.
            Task { while interrupt() { try? await Task.sleep(for: .milliseconds(10)) } }
        }
        refuse(CancellationError())
    }

    /// Ends the statement that runs, if there is an access whose statements may be ended.
    ///
    /// - Returns: Whether there is.
    private func interrupt() -> Bool {
        // Inside the lock, since the connection may be closed as soon as the access is over.
        state.withLock { state in
            guard state.phase == .lent, let interrupter = state.interrupter else { return false }
            interrupter.interrupt()
            return true
        }
    }

    /// Waits until the access is over.
    func ending() async -> Ending {
        await withCheckedContinuation { continuation in
            let ending = state.withLock { state in
                if state.ending == nil { state.waiter = continuation }
                return state.ending
            }
            if let ending { continuation.resume(returning: ending) }
        }
    }

    private func finish(_ ending: Ending, if isDue: @Sendable (State) -> Bool) {
        let (waiter, late, queue) = state.withLock { state in
            guard isDue(state) else {
                return (CheckedContinuation<Ending, Never>?.none, [UnownedJob](), DispatchQueue?.none)
            }
            state.phase = .over
            state.thread = nil
            state.interrupter = nil
            state.ending = ending
            defer {
                state.waiter = nil
                state.jobs = []
            }
            return (state.waiter, state.jobs, state.jobs.isEmpty ? nil : Self.queueForLateJobs(&state))
        }
        waiter?.resume(returning: ending)
        if let queue { for job in late { runLate(job, on: queue) } }
    }

    // MARK: Late jobs

    private static func queueForLateJobs(_ state: inout State) -> DispatchQueue {
        if let queue = state.lateJobs { return queue }
        let queue = DispatchQueue(label: "queuert.grdb.late-jobs")
        state.lateJobs = queue
        return queue
    }

    private func runLate(_ job: UnownedJob, on queue: DispatchQueue) {
        queue.async { @Sendable in
            self.state.withLock { $0.thread = currentThread() }
            job.runSynchronously(on: self.asUnownedSerialExecutor())
            self.state.withLock { $0.thread = nil }
        }
    }
}
#endif
