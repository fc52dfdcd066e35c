import Queuert
import QueuertPostgres
import ServiceLifecycle

/// A worker that stops when the service is to stop.
struct WorkerService: Service {
    let worker: Worker<PostgresStateAdapter>
    /// How long jobs may take to end; what has not ended then is given back, and another worker takes it.
    let deadline: Duration

    func run() async throws {
        async let working: Void = worker.run()
        // A task that is cancelled stops at once: it throws here, and has cancelled the worker too.
        try? await gracefulShutdown()
        await worker.stop(within: deadline)
        await working
    }
}
