import Dispatch
import Synchronization

/// Runs the steps that a task makes between its waits: a test can hold them back, and wait for one.
package final class TaskSteps: TaskExecutor {
    private struct State {
        var isHeld = false
        var steps: [UnownedJob] = []
    }
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "queuert.test.task-steps")
    private let ended = DispatchSemaphore(value: 0)

    package init() {}

    package func enqueue(_ job: consuming ExecutorJob) {
        let step = UnownedJob(job)
        let isHeld = state.withLock { state in
            if state.isHeld { state.steps.append(step) }
            return state.isHeld
        }
        if !isHeld { run(step) }
    }

    /// Keeps the steps that come from now on.
    package func hold() { state.withLock { $0.isHeld = true } }

    /// Runs the steps that were kept, and those that come.
    package func release() {
        let held = state.withLock { state in
            defer { state = State() }
            return state.steps
        }
        for step in held { run(step) }
    }

    /// Blocks the thread until a step has ended.
    package func waitForStep() { ended.wait() }

    private func run(_ step: UnownedJob) {
        queue.async { @Sendable in
            step.runSynchronously(on: self.asUnownedTaskExecutor())
            self.ended.signal()
        }
    }
}

/// Cancels the task that calls this.
package func cancelCurrentTask() { withUnsafeCurrentTask { $0?.cancel() } }
