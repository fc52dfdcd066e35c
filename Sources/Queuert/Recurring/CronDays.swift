/// The days that a cron expression allows.
struct CronDays: Hashable, Sendable {
    var months = SmallSet()
    var daysOfMonth = SmallSet()
    var includesLastDayOfMonth = false
    /// Days of the week, from 0 for Sunday.
    var weekdays = SmallSet()
    /// Days of the week of which the n-th in the month is meant, as `(n - 1) * 7 + weekday`.
    var nthWeekdays = SmallSet()
    /// Days of the week of which the last in the month is meant.
    var lastWeekdays = SmallSet()
    /// Whether one of day of month and day of week is enough: so it is when neither field begins with `*`.
    var eitherIsEnough = false

    /// How many years are searched: the calendar repeats itself after these.
    private static let period = 400

    /// The first day that is allowed, from a day on; days are counted from 1970-01-01.
    func next(from dayNumber: Int) -> Int? {
        let start = CivilDate(dayNumber: dayNumber)
        var year = start.year
        var month = start.month
        var earliest = start.day
        while year <= start.year + Self.period {
            if let found = months.first(from: month) {
                if found > month { earliest = 1 }
                month = found
                if let day = days(ofMonth: month, year: year).first(from: earliest) {
                    return CivilDate(year: year, month: month, day: day).dayNumber
                }
                month += 1
            } else {
                year += 1
                month = 1
            }
            earliest = 1
        }
        return nil
    }

    /// The days of a month that are allowed, from 1.
    private func days(ofMonth month: Int, year: Int) -> SmallSet {
        let length = CivilDate.length(ofMonth: month, year: year)
        var byDate = daysOfMonth
        byDate.formIntersection(SmallSet(1...length))
        if includesLastDayOfMonth { byDate.insert(length) }

        let firstWeekday = CivilDate(year: year, month: month, day: 1).weekday
        var byWeekday = SmallSet()
        for day in 1...length {
            let weekday = (firstWeekday + day - 1) % 7
            if weekdays.contains(weekday) || nthWeekdays.contains((day - 1) / 7 * 7 + weekday)
                || (day + 7 > length && lastWeekdays.contains(weekday))
            {
                byWeekday.insert(day)
            }
        }
        if eitherIsEnough {
            byDate.formUnion(byWeekday)
        } else {
            byDate.formIntersection(byWeekday)
        }
        return byDate
    }
}
