/// The texts that are stored of attempts that did not succeed: their errors, or why they asked to be called again.
///
/// Both are in the same columns. So a reason has a mark in front, by which it is known to be no error.
enum AttemptText {
    private static let reasonMark = "rescheduled: "
    /// How much of an error's text is stored.
    private static let errorLimit = 10_000

    /// What is stored of an error: its full description, in the user's own database, up to 10,000 characters.
    static func error(_ error: any Error) -> String {
        let text = String(String(reflecting: error).prefix(errorLimit))
        return isReason(text) ? "error: " + text : text
    }

    /// What is stored of the reason for which a handler asked to be called again.
    static func reason(_ reason: String) -> String { reasonMark + reason }

    /// Whether a stored text is a reason, and no error.
    static func isReason(_ text: String) -> Bool { text.utf8.starts(with: reasonMark.utf8) }

    /// A stored text as it was given.
    static func given(_ text: String) -> String {
        isReason(text) ? String(Substring(text.utf8.dropFirst(reasonMark.utf8.count))) : text
    }
}

extension JobRow {
    /// Whether the last attempt failed, or was lost; no where its handler asked to be called again later.
    ///
    /// A reason that a version before this one has stored is taken for an error.
    public var lastAttemptFailed: Bool { lastAttemptError.map { !AttemptText.isReason($0) } ?? false }

    /// What the next attempt is told of the last one.
    var lastError: String? { lastAttemptError.map(AttemptText.given) }
}

extension AttemptRow {
    /// The record as it is read: how the attempt ended says already that its text is a reason.
    package var asRead: AttemptRow {
        guard let error, outcome == .rescheduled else { return self }
        var row = self
        row.error = AttemptText.given(error)
        return row
    }
}
