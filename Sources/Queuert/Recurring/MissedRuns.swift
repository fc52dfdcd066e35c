/// What becomes of occurrences at which no worker ran.
///
/// An occurrence is missed when it is over for longer than the tolerance before a worker sees it.
public struct MissedRuns: Sendable, Hashable, Codable {
    enum Form: Sendable, Hashable, Codable {
        case skip(toleranceMicroseconds: Int64)
        case once
        case all(limit: Int)
    }
    let form: Form

    /// Missed occurrences are left out; it goes on with the next one.
    public static let skip = skip(olderThan: .seconds(60))

    /// Missed occurrences are left out; it goes on with the next one.
    ///
    /// - Parameter tolerance: How late an occurrence may be and still run: the time that a restart may take. Negative
    ///   times count as none.
    /// - Returns: The policy.
    public static func skip(olderThan tolerance: Duration) -> MissedRuns {
        MissedRuns(form: .skip(toleranceMicroseconds: max(0, tolerance.wholeMicroseconds)))
    }

    /// The last missed occurrence runs, for all of them.
    public static let once = MissedRuns(form: .once)

    /// Each missed occurrence runs, the oldest first.
    ///
    /// - Parameter limit: How many at most; older ones are left out. At least one.
    /// - Returns: The policy.
    public static func all(limit: Int) -> MissedRuns { MissedRuns(form: .all(limit: max(1, limit))) }

    /// The occurrences that are to run now.
    ///
    /// - Parameters:
    ///   - due: The occurrence that was waited for.
    ///   - now: The time, which is not before it.
    ///   - rule: The rule by which it recurs.
    /// - Returns: The occurrences, the oldest first.
    func occurrences(from due: Timestamp, upTo now: Timestamp, by rule: Recurrence) -> [Timestamp] {
        let last = rule.last(upTo: now, after: due) ?? due
        switch form {
        case .once: return [last]
        case .skip(let tolerance): return now - last <= .microseconds(tolerance) ? [last] : []
        case .all(let limit):
            var occurrences = [last]
            while occurrences.count < limit, let oldest = occurrences.last, oldest > due {
                let before = Timestamp(microseconds: oldest.microseconds - 1)
                occurrences.append(rule.last(upTo: before, after: due) ?? due)
            }
            return occurrences.reversed()
        }
    }
}
