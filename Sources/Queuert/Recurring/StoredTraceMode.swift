/// A trace mode as it is stored with what recurs.
enum StoredTraceMode: Codable, Sendable, Equatable {
    case bounded(windowMicroseconds: Int64, jobs: Int)
    case single
    case linked

    init(_ mode: TraceMode) {
        switch mode.form {
        case .bounded(let window, let jobs): self = .bounded(windowMicroseconds: window.wholeMicroseconds, jobs: jobs)
        case .single: self = .single
        case .linked: self = .linked
        }
    }

    var mode: TraceMode {
        switch self {
        case .bounded(let window, let jobs): .bounded(window: .microseconds(window), jobs: jobs)
        case .single: .single
        case .linked: .linked
        }
    }
}
