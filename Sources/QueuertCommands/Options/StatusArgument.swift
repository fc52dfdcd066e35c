#if CommandLine
internal import ArgumentParser
internal import Queuert

/// The status of a job.
struct StatusArgument: ExpressibleByArgument, Hashable {
    let status: JobStatus

    init?(argument: String) {
        guard let status = JobStatus(rawValue: argument) else { return nil }
        self.status = status
    }

    static var allValueStrings: [String] { JobStatus.allCases.map(\.rawValue) }
}

extension Array<StatusArgument> {
    /// The statuses, or `nil` for “all” if there are none.
    var ifAny: Set<JobStatus>? { isEmpty ? nil : Set(map(\.status)) }
}
#endif
