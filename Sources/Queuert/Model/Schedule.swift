/// When a job is due.
///
/// Moments in the past count as now. The time is the database's.
public struct Schedule: Sendable, Hashable {
    /// The forms that a schedule has, for state adapters.
    public enum Form: Sendable, Hashable {
        /// As soon as a worker is free.
        case now
        /// So long after the statement that writes the job.
        case after(Duration)
        /// At a moment.
        case at(Timestamp)
    }
    /// The form of the schedule, for state adapters.
    public let form: Form

    /// As soon as a worker is free.
    public static let now = Schedule(form: .now)

    /// After some time.
    ///
    /// - Parameter delay: How long after the job is written.
    /// - Returns: The schedule.
    public static func after(_ delay: Duration) -> Schedule { Schedule(form: .after(delay)) }

    /// At a moment.
    ///
    /// - Parameter moment: The moment.
    /// - Returns: The schedule.
    public static func at(_ moment: Timestamp) -> Schedule { Schedule(form: .at(moment)) }

    /// The moment at which a job is due.
    ///
    /// - Parameter now: The time of the database.
    /// - Returns: A moment that is not before `now`.
    public func dueTime(at now: Timestamp) -> Timestamp {
        switch form {
        case .now: now
        case .after(let delay): max(now, now + delay)
        case .at(let moment): max(now, moment)
        }
    }
}
