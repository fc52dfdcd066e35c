import Queuert
import Testing

@testable import QueuertPostgres

@Suite("Where claims begin to look") struct ClaimBoundsTests {
    private let time = Locked(ContinuousClock.now)
    private let bounds: ClaimBounds

    init() { bounds = ClaimBounds(tolerated: 1_000) { [time] in time.withLock { $0 } } }

    private func place(_ second: Int64, _ id: String = "a") -> ClaimBounds.Place {
        ClaimBounds.Place(rank: Timestamp(microseconds: second * 1_000_000), id: JobID(rawValue: id))
    }

    private func pass(_ duration: Duration) { time.withLock { $0 += duration } }

    @Test("at the start, as long as little is dead")
    func start() {
        bounds.ended(bounds.claim(of: ["a", "b"]), dead: 1_000, leavesJobs: false) { ["a": place(1)] }
        let claim = bounds.claim(of: ["a", "b"])
        #expect(claim.places == [nil, nil])
        #expect(claim.wholeLookIn == nil)
    }

    @Test("behind the last job, once much is dead, and at the start again after twenty times what that took")
    func behind() {
        bounds.ended(bounds.claim(of: ["a"]), dead: 100_000, leavesJobs: false) { ["a": place(1)] }
        var claim = bounds.claim(of: ["a"])
        #expect(claim.places == [place(1)])
        #expect(claim.wholeLookIn == .milliseconds(500))
        bounds.ended(claim, dead: 0, leavesJobs: false) { ["a": place(2, "b")] }
        pass(.milliseconds(499))
        claim = bounds.claim(of: ["a"])
        #expect(claim.places == [place(2, "b")])
        #expect(claim.wholeLookIn == .milliseconds(1))
        bounds.ended(claim, dead: 0, leavesJobs: false) { [:] }
        pass(.milliseconds(1))
        claim = bounds.claim(of: ["a"])
        #expect(claim.places == [nil])
        #expect(claim.wholeLookIn == nil)
        // A more urgent one: what follows it is next.
        bounds.ended(claim, dead: 100_000_000, leavesJobs: false) { ["a": place(0)] }
        claim = bounds.claim(of: ["a"])
        #expect(claim.places == [place(0)])
        #expect(claim.wholeLookIn == ClaimBounds.longestPause)
        pass(ClaimBounds.longestPause)
        bounds.ended(bounds.claim(of: ["a"]), dead: 10, leavesJobs: false) { ["a": place(3)] }
        #expect(bounds.claim(of: ["a"]).places == [nil])
    }

    @Test("of each type by itself")
    func types() {
        bounds.ended(bounds.claim(of: ["a", "b"]), dead: 2_000, leavesJobs: false) { ["a": place(1)] }
        var claim = bounds.claim(of: ["b", "a", "c"])
        #expect(claim.places == [nil, place(1), nil])
        #expect(claim.wholeLookIn == .milliseconds(10))
        pass(.milliseconds(5))
        // What was not looked at from the start says nothing about when it will be.
        bounds.ended(claim, dead: 4_000, leavesJobs: false) { ["a": place(2), "b": place(3)] }
        claim = bounds.claim(of: ["a", "b"])
        #expect(claim.places == [place(2), place(3)])
        #expect(claim.wholeLookIn == .milliseconds(5))
    }

    /// Keeps a place for each of some types, at one second.
    private func keepPlaces(of typeNames: [String]) {
        bounds.ended(bounds.claim(of: typeNames), dead: 100_000, leavesJobs: false) {
            Dictionary(uniqueKeysWithValues: typeNames.map { ($0, place(1)) })
        }
        #expect(bounds.claim(of: typeNames).places == typeNames.map { _ in place(1) })
    }

    @Test("at the start of a type that was forgotten, until its jobs are found or others leave none")
    func forgetting() {
        keepPlaces(of: ["a", "b", "c"])
        bounds.forget(["a"])
        var claim = bounds.claim(of: ["a", "b", "c"])
        #expect(claim.places == [nil, place(1), place(1)])
        // More urgent ones of another type were taken.
        bounds.ended(claim, dead: 100_000, leavesJobs: true) { ["b": place(2)] }
        claim = bounds.claim(of: ["a", "b", "c"])
        #expect(claim.places == [nil, place(2), place(1)])
        bounds.ended(claim, dead: 100_000, leavesJobs: true) { ["a": place(0)] }
        claim = bounds.claim(of: ["a", "b", "c"])
        #expect(claim.places == [place(0), place(2), place(1)])
        bounds.forget(nil)
        claim = bounds.claim(of: ["a", "b", "c"])
        #expect(claim.places == [nil, nil, nil])
        #expect(claim.wholeLookIn == nil)
        bounds.ended(claim, dead: 100_000, leavesJobs: false) { [:] }
        #expect(bounds.claim(of: ["a", "b", "c"]).places == [place(0), place(2), place(1)])
    }

    @Test(
        "at the start of a type that was forgotten while a claim looked, which may have passed the job",
        arguments: [
            ["a"] as Set<String>?, nil,
        ])
    func forgettingMeanwhile(_ forgotten: Set<String>?) {
        var claim = bounds.claim(of: ["a", "b"])
        bounds.forget(forgotten)
        bounds.ended(claim, dead: 100_000, leavesJobs: true) { ["a": place(1), "b": place(1)] }
        claim = bounds.claim(of: ["a", "b"])
        #expect(claim.places == [nil, forgotten == nil ? nil : place(1)])
        bounds.ended(claim, dead: 100_000, leavesJobs: true) { ["a": place(2), "b": place(2)] }
        #expect(bounds.claim(of: ["a", "b"]).places == [place(2), place(2)])
    }

    @Test("behind a more urgent job that was found, though another claim was behind the place before at the time")
    func goingBack() {
        keepPlaces(of: ["a"])
        let behind = bounds.claim(of: ["a"])
        bounds.forget(["a"])
        bounds.ended(bounds.claim(of: ["a"]), dead: 100_000, leavesJobs: true) { ["a": place(0)] }
        bounds.ended(behind, dead: 0, leavesJobs: true) { ["a": place(2)] }
        #expect(bounds.claim(of: ["a"]).places == [place(0)])
    }

    @Test(
        "of jobs that are written, those are before a place that are due and as urgent as the job that was taken there")
    func jobsBefore() {
        func row(_ typeName: String, _ second: Int64, dueIn delay: Duration = .zero, _ priority: Priority = .normal)
            -> JobRow
        {
            let job = NewJob(
                id: JobID(rawValue: "z"), typeName: typeName, chainID: JobID(rawValue: "z"), chainTypeName: typeName,
                chainIndex: 0, input: "1", schedule: .after(delay), priority: priority)
            return JobRow(written: job, at: Timestamp(microseconds: second * 1_000_000), isBlocked: false)
        }
        #expect(bounds.typesBefore([row("a", 0)]).isEmpty)
        keepPlaces(of: ["a", "b"])
        #expect(bounds.typesBefore([row("a", 2), row("c", 0)]).isEmpty)
        #expect(bounds.typesBefore([row("a", 2), row("b", 1)]) == ["b"])
        #expect(bounds.typesBefore([row("a", 60, 1), row("b", 62, 1)]) == ["a"])
        #expect(bounds.typesBefore([row("a", 0, dueIn: .seconds(1))]).isEmpty)
        let blocked = NewJob(
            id: JobID(rawValue: "z"), typeName: "a", chainID: JobID(rawValue: "z"), chainTypeName: "a", chainIndex: 0,
            input: "1")
        #expect(bounds.typesBefore([JobRow(written: blocked, at: Timestamp(microseconds: 0), isBlocked: true)]).isEmpty)
    }
}
