import Synchronization

@testable import QueuertOTel

/// A clock that a test sets, while time passes as the test says.
final class SettableClock: SettableSpanClock {
    private struct State {
        var passed: UInt64 = 0
        var lead: UInt64
    }
    private let state: Mutex<State>

    init(showing time: UInt64) { state = Mutex(State(lead: time)) }

    func pass(_ nanoseconds: UInt64) { state.withLock { $0.passed += nanoseconds } }

    /// Sets it forward, or back.
    func set(by shift: Int64) { state.withLock { $0.lead &+= UInt64(bitPattern: shift) } }

    var nanoseconds: UInt64 { state.withLock { $0.lead &+ $0.passed } }
    var setting: ClockSetting { state.withLock { ClockSetting(lead: $0.lead) } }
}
