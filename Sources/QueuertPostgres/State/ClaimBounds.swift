internal import Queuert

/// Where claims begin to look while much that is dead lies before the first job.
///
/// PostgreSQL keeps what its indexes say of rows that are gone until no open transaction could see them any more. While one
/// stays open for minutes, each claim would step over all jobs that were claimed since, and jobs be claimed ever more slowly. So
/// once a claim has met many, those that follow begin behind the last job that was claimed. What gets in line before that is
/// found by the next claim that looks from the start. Such claims get the rarer the more there is to step over, so that they
/// take about a twentieth of the time; but where this adapter itself puts a job in line there, it forgets the place, and the
/// next claim is one. So only what others put there, or what is committed late or becomes due later, waits for its time.
final class ClaimBounds: Sendable {
    /// A place in the line of a type's jobs.
    struct Place: Sendable, Equatable {
        var rank: Timestamp
        var id: JobID

        /// Whether it comes before another one; identifiers are compared by their bytes, as in the index.
        func isBefore(_ other: Place) -> Bool {
            rank == other.rank
                ? id.rawValue.utf8.lexicographicallyPrecedes(other.id.rawValue.utf8) : rank < other.rank
        }
    }

    /// Where a claim looks.
    struct Claim {
        let typeNames: [String]
        /// For each type the place behind which it looks; `nil` for the start.
        let places: [Place?]
        /// How long until one of the types that it doesn't look at from the start is looked at so again.
        var wholeLookIn: Duration?
        /// How often places had been forgotten when it began.
        fileprivate let forgettings: Int
    }

    private struct Line {
        var last: Place
        /// Until when claims begin behind the last job; `nil` once a job may have got in line before it.
        var end: ContinuousClock.Instant?
    }

    private struct State {
        var lines: [String: Line] = [:]
        /// How often places were forgotten, and which time was the last for each type, and for all.
        var forgettings = 0
        var lastForgettings: [String: Int] = [:]
        var lastOfAll = 0

        /// Whether the place of a type was forgotten after a claim began, which may have missed what got in line since.
        func hasForgotten(_ typeName: String, since claim: Claim) -> Bool {
            max(lastOfAll, lastForgettings[typeName] ?? 0) > claim.forgettings
        }
    }

    /// Twenty times what it takes to step over a dead row.
    private static let pauseForEach: Duration = .microseconds(5)
    /// How long a job that is more urgent than those in line may have to wait.
    static let longestPause: Duration = .seconds(5)

    private let state = Locked(State())
    /// How many dead rows are no matter.
    private let tolerated: Int
    private let now: @Sendable () -> ContinuousClock.Instant

    init(tolerated: Int = 20_000, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.tolerated = tolerated
        self.now = now
    }

    /// Where to look for jobs of some types now.
    func claim(of typeNames: [String]) -> Claim {
        state.withLock { state in
            if state.lines.isEmpty {
                return Claim(
                    typeNames: typeNames, places: typeNames.map { _ in nil }, forgettings: state.forgettings)
            }
            let now = now()
            let behind = typeNames.map { typeName -> (last: Place, end: ContinuousClock.Instant)? in
                guard let line = state.lines[typeName], let end = line.end, end > now else { return nil }
                return (line.last, end)
            }
            return Claim(
                typeNames: typeNames, places: behind.map { $0?.last },
                wholeLookIn: behind.compactMap { $0?.end }.min().map { now.duration(to: $0) },
                forgettings: state.forgettings)
        }
    }

    /// Takes note of what a claim has met.
    ///
    /// - Parameters:
    ///   - claim: Where it looked.
    ///   - dead: How many dead rows it stepped over.
    ///   - leavesJobs: Whether it may have left jobs that are due: it took as many as it was to take, or met some at its end.
    ///   - lastPlaces: Of the types of which it took jobs, where the last ones were.
    func ended(_ claim: Claim, dead: Int, leavesJobs: Bool, _ lastPlaces: () -> [String: Place]) {
        state.withLock { state in
            let isMuch = dead > tolerated
            if state.lines.isEmpty && !isMuch { return }
            let end = now() + min(Self.pauseForEach * dead, Self.longestPause)
            let taken = lastPlaces()
            for (typeName, bound) in zip(claim.typeNames, claim.places) {
                let line = state.lines[typeName]
                if let bound {
                    // Another claim may have found a job before the place meanwhile, and not what follows that one.
                    guard let last = taken[typeName], let line, !line.last.isBefore(bound) else { continue }
                    state.lines[typeName]?.last = last
                } else if isMuch {
                    // Of a type that has none, nothing is known yet.
                    guard let last = taken[typeName] ?? line?.last else { continue }
                    // The job for which a place was forgotten may have come while the claim looked, or stand behind jobs of
                    // other types.
                    let isLeft = leavesJobs && taken[typeName] == nil && line.map { $0.end == nil } ?? false
                    let isMissed = isLeft || state.hasForgotten(typeName, since: claim)
                    state.lines[typeName] = Line(last: last, end: isMissed ? nil : end)
                } else {
                    state.lines[typeName] = nil
                }
            }
        }
    }

    // MARK: Jobs that get in line

    /// Whether all claims look from the start, so that nothing can get in line before a place.
    var isEmpty: Bool { state.withLock { $0.lines.isEmpty } }

    /// Finds the types of jobs that get in line before the place behind which claims begin.
    ///
    /// - Parameter rows: Jobs that were just written.
    /// - Returns: Their types; none as long as claims look from the start.
    func typesBefore(_ rows: some Sequence<JobRow>) -> Set<String> {
        let lines = state.withLock { $0.lines }
        if lines.isEmpty { return [] }
        var typeNames: Set<String> = []
        for row in rows where row.readyAt.map({ row.scheduledAt <= $0 }) ?? false {
            // At one moment the identifiers decide, of which some may be written otherwise than the database does.
            guard let line = lines[row.typeName],
                row.priority.rank(dueAt: row.scheduledAt) <= line.last.rank.microseconds
            else { continue }
            typeNames.insert(row.typeName)
        }
        return typeNames
    }

    /// Has the next claim look from the start, since a job that it can see now may be before the place.
    ///
    /// - Parameter typeNames: The types of such jobs; `nil` if they are not known.
    func forget(_ typeNames: Set<String>?) {
        state.withLock { state in
            state.forgettings += 1
            if let typeNames {
                for typeName in typeNames {
                    state.lastForgettings[typeName] = state.forgettings
                    state.lines[typeName]?.end = nil
                }
            } else {
                state.lastOfAll = state.forgettings
                state.lines = state.lines.mapValues { Line(last: $0.last, end: nil) }
            }
        }
    }
}
