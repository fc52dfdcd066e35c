/// The times of the day that a cron expression allows.
struct CronTimes: Hashable, Sendable {
    static let secondsPerDay = 86_400

    let seconds: SmallSet
    let minutes: SmallSet
    let hours: SmallSet

    /// Whether no hour is left out, so that the expression means a rhythm and not hours by name.
    var allowsEveryHour: Bool { hours == SmallSet(0...23) }

    /// The first time of the day, in seconds since midnight.
    var first: Int? { next(from: 0) }

    /// The first time of the day from one on, in seconds since midnight.
    func next(from second: Int) -> Int? {
        let hour = second / 3_600
        let minute = second / 60 % 60
        guard let firstMinute = minutes.first, let firstSecond = seconds.first else { return nil }
        guard let foundHour = hours.first(from: hour) else { return nil }
        if foundHour > hour { return foundHour * 3_600 + firstMinute * 60 + firstSecond }
        if let foundMinute = minutes.first(from: minute) {
            if foundMinute > minute { return hour * 3_600 + foundMinute * 60 + firstSecond }
            if let foundSecond = seconds.first(from: second % 60) { return hour * 3_600 + minute * 60 + foundSecond }
            if let later = minutes.first(from: minute + 1) { return hour * 3_600 + later * 60 + firstSecond }
        }
        return hours.first(from: hour + 1).map { $0 * 3_600 + firstMinute * 60 + firstSecond }
    }
}
