internal import Foundation
internal import ServiceLifecycle
internal import UnixSignals

/// The signals that ask the program to stop.
struct StopSignals: Sendable {
    private let signals: UnixSignalsSequence

    /// Takes the signals from now on, which would end the program otherwise.
    init() async { signals = await UnixSignalsSequence(trapping: [.sigterm, .sigint]) }

    /// Runs services until a signal asks to stop; a second one ends the program at once.
    ///
    /// - Parameter group: The services.
    /// - Throws: What they throw.
    func run(_ group: ServiceGroup) async throws {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            tasks.addTask { await stop(group) }
            // The other one waits for signals as long as nobody cancels it.
            _ = try await tasks.next()
            tasks.cancelAll()
        }
    }

    private func stop(_ group: ServiceGroup) async {
        var isStopping = false
        for await signal in signals {
            // Whoever asks twice doesn't want to wait. What was acknowledged is in the database.
            if isStopping { _exit(128 + signal.rawValue) }
            isStopping = true
            await group.triggerGracefulShutdown()
        }
    }
}
