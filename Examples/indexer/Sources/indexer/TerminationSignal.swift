import Dispatch
import Glibc

/// The signals by which a user or a service manager ends a program.
enum TerminationSignal {
    /// Waits for SIGINT or SIGTERM, which then don't end the process by themselves, or for the task's cancellation.
    static func first() async {
        let (signals, continuation) = AsyncStream<Void>.makeStream()
        let sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        defer { for source in sources { source.cancel() } }
        for await _ in signals { return }
    }
}
