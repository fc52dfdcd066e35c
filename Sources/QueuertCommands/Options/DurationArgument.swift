#if CommandLine
internal import ArgumentParser

/// A length of time, written as `30d`, `12h`, `5m`, `90s` or several of these: `1d12h`.
struct DurationArgument: ExpressibleByArgument, Hashable {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        var seconds: Int64 = 0
        var rest = argument[...]
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: /(\d{1,9})([wdhms])/),
                let number = Int64(match.output.1), let unit = Self.units[match.output.2]
            else { return nil }
            seconds += number * unit
            rest = rest[match.range.upperBound...]
        }
        duration = .seconds(seconds)
    }

    private static let units: [Substring: Int64] = ["w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1]

    var defaultValueDescription: String { DurationText.short(duration) }
}
#endif
