internal import Foundation

/// The clock on the wall of a time zone: what it shows, and when it is put forward or back.
///
/// All times are whole seconds since 1970, of UTC or on that clock.
struct WallClock: Hashable, Sendable {
    /// The zone's name in the IANA database, as the user wrote it.
    let identifier: String
    private let zone: TimeZone

    init(identifier: String) throws(UnknownTimeZoneError) {
        guard let zone = TimeZone(identifier: identifier) else { throw UnknownTimeZoneError(identifier: identifier) }
        self.identifier = identifier
        self.zone = zone
    }

    /// How far the clock is ahead of UTC, in seconds.
    func offset(at moment: Int) -> Int { zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment))) }

    /// When the clock is put forward or back next.
    func nextChange(after moment: Int) -> Int? {
        let change = zone.nextDaylightSavingTimeTransition(after: Date(timeIntervalSince1970: Double(moment)))
        // A zone's last rule goes on for ever; what isn't after the moment would be searched for ever.
        guard let seconds = change?.timeIntervalSince1970, seconds > Double(moment), seconds < 1e15 else { return nil }
        return Int(seconds)
    }
}

/// A time zone that is not known here.
public struct UnknownTimeZoneError: RedactedError, Sendable, Hashable {
    /// What was given as the name of a time zone.
    public let identifier: String
}

extension UnknownTimeZoneError: CustomDebugStringConvertible {
    /// Safe to show: says what to do, and not what was given.
    public var description: String {
        "The time zone is not known here. Give a name of the IANA database, such as Europe/Berlin; mind capital letters."
    }
    /// Everything, for developers.
    public var debugDescription: String { "\(description) [\(identifier)]" }
}
