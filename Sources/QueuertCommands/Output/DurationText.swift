#if CommandLine
internal import Queuert

/// Lengths of time as text.
enum DurationText {
    /// In the one or two largest units that say enough: `3d 4h`, `12m`, `0s`.
    static func short(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        let magnitude = seconds.magnitude
        let parts: [(UInt64, String)] = [
            (magnitude / 86_400, "d"), (magnitude / 3_600 % 24, "h"), (magnitude / 60 % 60, "m"), (magnitude % 60, "s"),
        ]
        let shown = parts.drop { $0.0 == 0 }.prefix(2).filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }
        if shown.isEmpty { return "0s" }
        return (seconds < 0 ? "-" : "") + shown.joined(separator: " ")
    }

    /// Seconds with what is behind the point, for programs.
    static func seconds(_ duration: Duration) -> Double { Double(duration.wholeMicroseconds) / 1_000_000 }
}
#endif
