#if CommandLine
internal import ArgumentParser
internal import Queuert

/// A moment: `2030-01-31`, `2030-01-31T12:00:00Z`, or how long ago, such as `2h`.
enum TimeArgument: ExpressibleByArgument, Hashable {
    case at(Timestamp)
    case ago(Duration)

    init?(argument: String) {
        if let moment = TimestampText.parse(argument) {
            self = .at(moment)
        } else if let length = DurationArgument(argument: argument) {
            self = .ago(length.duration)
        } else {
            return nil
        }
    }

    /// The moment, by the database's clock.
    func moment(at now: Timestamp) -> Timestamp {
        switch self {
        case .at(let moment): moment
        case .ago(let duration): now + (.zero - duration)
        }
    }
}
#endif
