import FoundationEssentials

/// Time as an exporter needs it, with a wait that another thread can end.
protocol ExportClock: Sendable {
    /// Time since some fixed moment; never jumps.
    var now: Duration { get }
    /// The wall clock, in whole seconds, for comparison with dates of the receiver.
    var secondsSince1970: Int64 { get }

    /// Blocks the thread for a time, or until ``interrupt()``.
    func wait(_ duration: Duration)

    /// Ends the waits that are under way, and makes later ones end at once. Any thread may call.
    func interrupt()
}

/// The time of the machine.
final class SystemExportClock: ExportClock {
    private let start = ContinuousClock.now
    let signal = WakeSignal()

    var now: Duration { start.duration(to: .now) }
    var secondsSince1970: Int64 { Int64(Date().timeIntervalSince1970) }

    func wait(_ duration: Duration) { signal.wait(for: duration) }

    func interrupt() { signal.open() }
}
