internal import Queuert

/// Where claims begin to look while much that is dead lies before the first job.
///
/// PostgreSQL keeps what its indexes say of rows that are gone until no open transaction could see them any more. While one
/// stays open for minutes, each claim would step over all jobs that were claimed since, and jobs be claimed ever more slowly. So
/// once a claim has met many, those that follow begin behind the last job that was claimed. What gets in line before that, a
/// job that is more urgent or was committed late, is found by the next claim that looks from the start. Such claims get the
/// rarer the more there is to step over, so that they take about a twentieth of the time.
final class ClaimBounds: Sendable {
    /// A place in the line of a type's jobs.
    struct Place: Sendable, Equatable {
        var rank: Timestamp
        var id: JobID
    }

    /// Where a claim looks.
    struct Claim {
        let typeNames: [String]
        /// For each type the place behind which it looks; `nil` for the start.
        let places: [Place?]
        /// How long until one of the types that it doesn't look at from the start is looked at so again.
        var wholeLookIn: Duration?
    }

    private struct Line {
        var last: Place
        /// Until when claims begin behind the last job.
        var end: ContinuousClock.Instant
    }

    /// Twenty times what it takes to step over a dead row.
    private static let pauseForEach: Duration = .microseconds(5)
    /// How long a job that is more urgent than those in line may have to wait.
    static let longestPause: Duration = .seconds(5)

    private let lines = Locked<[String: Line]>([:])
    /// How many dead rows are no matter.
    private let tolerated: Int
    private let now: @Sendable () -> ContinuousClock.Instant

    init(tolerated: Int = 20_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.tolerated = tolerated
        self.now = now
    }

    /// Where to look for jobs of some types now.
    func claim(of typeNames: [String]) -> Claim {
        lines.withLock { lines in
            if lines.isEmpty { return Claim(typeNames: typeNames, places: typeNames.map { _ in nil }) }
            let now = now()
            let behind = typeNames.map { typeName in lines[typeName].flatMap { $0.end > now ? $0 : nil } }
            return Claim(
                typeNames: typeNames, places: behind.map { $0?.last },
                wholeLookIn: behind.compactMap { $0?.end }.min().map { now.duration(to: $0) })
        }
    }

    /// Takes note of what a claim has met.
    ///
    /// - Parameters:
    ///   - claim: Where it looked.
    ///   - dead: How many dead rows it stepped over.
    ///   - lastPlaces: Of the types of which it took jobs, where the last ones were.
    func ended(_ claim: Claim, dead: Int, _ lastPlaces: () -> [String: Place]) {
        lines.withLock { lines in
            let isMuch = dead > tolerated
            if lines.isEmpty && !isMuch { return }
            let end = now() + min(Self.pauseForEach * dead, Self.longestPause)
            let taken = lastPlaces()
            for (typeName, bound) in zip(claim.typeNames, claim.places) {
                if bound == nil {
                    // Of a type that has none, nothing is known yet.
                    let last = taken[typeName] ?? lines[typeName]?.last
                    lines[typeName] = isMuch ? last.map { Line(last: $0, end: end) } : nil
                } else if let last = taken[typeName] {
                    lines[typeName]?.last = last
                }
            }
        }
    }
}
