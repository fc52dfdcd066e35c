extension Recurrence: Codable {
    private enum CodingKeys: String, CodingKey {
        case cron, timeZone
        case everyMicroseconds, fromMicroseconds
    }

    /// Reads a rule.
    ///
    /// - Parameter decoder: Holds the rule, as ``encode(to:)`` writes it.
    /// - Throws: ``CronExpressionError``, ``UnknownTimeZoneError`` or ``InvalidIntervalError`` if the rule is none, as when this
    ///   machine doesn't know the time zone, or `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let interval = try container.decodeIfPresent(Int64.self, forKey: .everyMicroseconds) {
            let anchor = try container.decode(Int64.self, forKey: .fromMicroseconds)
            self = try .every(.microseconds(interval), from: Timestamp(microseconds: anchor))
        } else {
            let expression = try container.decode(String.self, forKey: .cron)
            self = try .cron(expression, timeZone: container.decode(String.self, forKey: .timeZone))
        }
    }

    /// Writes the rule: the cron expression and the time zone's name, or the interval and its anchor.
    ///
    /// - Parameter encoder: Takes the rule.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch rule {
        case .cron(let expression, let clock):
            try container.encode(expression.description, forKey: .cron)
            try container.encode(clock.identifier, forKey: .timeZone)
        case .every(let interval, let anchor):
            try container.encode(interval, forKey: .everyMicroseconds)
            try container.encode(anchor.microseconds, forKey: .fromMicroseconds)
        }
    }
}
