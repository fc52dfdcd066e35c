internal import Synchronization

/// Where tasks of an actor on a thread of its own wait for one moment, without leaving the thread.
///
/// A task that waits with a continuation comes back to its actor by way of a cooperative thread, which has to be woken for
/// nothing else. The executor of a second actor, on the same thread, puts its jobs off instead: a task that calls that actor
/// waits until it is released, and goes on there.
package final class WaitingRoom: SerialExecutor {
    private let thread: ThreadExecutor
    private let waiting = Mutex<[UnownedJob]>([])

    /// Makes a room beside what runs on a thread.
    package init(on thread: ThreadExecutor) { self.thread = thread }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        waiting.withLock { $0.append(job) }
    }

    package func checkIsolated() { thread.checkIsolated() }

    /// Lets all who wait go on, after what the thread has to do already; who comes later waits for the next time.
    package func release() {
        let jobs = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        // As the thread's own jobs: one at a time is run there, whichever of its actors it belongs to.
        thread.enqueue(jobs)
    }
}
