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
    init?(stored: some StringProtocol) {
        let parts = stored.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("single", 1): self = .single
        case ("linked", 1): self = .linked
        case ("bounded", 3):
            guard let window = Int64(parts[1]), let jobs = Int(parts[2]), window >= 0, jobs > 0 else { return nil }
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
