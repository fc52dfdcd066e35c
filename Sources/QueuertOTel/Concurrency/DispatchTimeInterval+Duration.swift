package import Dispatch

extension DispatchTimeInterval {
    /// The same time, a year at most, which stands for ever.
    ///
    /// - Parameter duration: The time.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = min(max(duration, .zero), .seconds(365 * 24 * 3600)).components
        self = .nanoseconds(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
    }
}
