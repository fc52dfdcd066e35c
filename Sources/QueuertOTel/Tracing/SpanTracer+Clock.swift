internal import Tracing

/// The time of spans.
extension SpanTracer {
    /// What the clock shows, without what it costs to call a clock that could be any.
    var now: UInt64 { usesSystemClock ? SystemSpanClock().nanoseconds : otherNow }

    /// Apart, so that nobody who doesn't need it makes a copy of the clock.
    @inline(never) private var otherNow: UInt64 { clock.nanoseconds }

    /// How the clock is set; `nil` for one that doesn't say.
    var clockSetting: ClockSetting? { usesSystemClock ? SystemSpanClock().setting : otherSetting }

    @inline(never) private var otherSetting: ClockSetting? { settableClock?.setting }

    /// What the clock would show, had it not been set since.
    func time(in setting: ClockSetting?) -> UInt64 {
        let time = now
        guard let setting else { return time }
        return time &- UInt64(bitPattern: shift(since: setting))
    }

    /// The time of an instant.
    ///
    /// An instant of the default clock nearly always stands for now, so a clock that was given to the tracer decides
    /// instead, for otherwise a test's clock would not reach the spans that libraries make.
    func time<Instant: TracerInstant>(
        of instant: @autoclosure () -> Instant, in setting: ClockSetting?
    ) -> UInt64 {
        guard Instant.self == DefaultTracerClock.Timestamp.self else { return instant().nanosecondsSinceEpoch }
        return usesSystemClock ? time(shown: instant().nanosecondsSinceEpoch, in: setting) : time(in: setting)
    }

    /// The time of an event, or of an instant, that the system's clock has shown, unless somebody has chosen it.
    func time(shown time: UInt64, in setting: ClockSetting?) -> UInt64 {
        guard let setting else { return time }
        let moved = shift(since: setting)
        return moved == 0 ? time : ClockSetting.time(time, shift: moved, now: now)
    }

    private func shift(since setting: ClockSetting) -> Int64 {
        usesSystemClock ? SystemSpanClock().shift(since: setting) : otherShift(since: setting)
    }

    @inline(never) private func otherShift(since setting: ClockSetting) -> Int64 {
        settableClock?.setting.shift(since: setting) ?? 0
    }
}
