internal import Queuert

extension TraceMode {
    /// What spans call the mode.
    var name: String {
        switch form {
        case .bounded: "bounded"
        case .single: "single"
        case .linked: "linked"
        }
    }

    var isLinked: Bool { form == .linked }

    /// Reads `single`, `linked` or `bounded:window:jobs`, where the window is in microseconds.
    init?(stored: Substring) {
        var rest = stored
        switch rest.takeField(before: UInt8(ascii: ":")) {
        case "single" where stored.utf8.count == 6: self = .single
        case "linked" where stored.utf8.count == 6: self = .linked
        case "bounded":
            guard let window = Int64(rest.takeField(before: UInt8(ascii: ":"))), window >= 0,
                let jobs = Int(rest), jobs > 0
            else { return nil }
            self = .bounded(window: .microseconds(window), jobs: jobs)
        default: return nil
        }
    }

    /// The mode with all that a decision by it needs.
    var stored: String {
        guard case .bounded(let window, let jobs) = form else { return name }
        let (seconds, attoseconds) = window.components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1_000_000)
        let (sum, isSumTooLong) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000)
        return "\(name):\(isTooLong || isSumTooLong ? .max : sum):\(jobs)"
    }
}
