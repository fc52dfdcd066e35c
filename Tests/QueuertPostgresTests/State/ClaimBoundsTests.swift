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
        bounds.ended(bounds.claim(of: ["a", "b"]), dead: 1_000) { ["a": place(1)] }
        let claim = bounds.claim(of: ["a", "b"])
        #expect(claim.places == [nil, nil])
        #expect(claim.wholeLookIn == nil)
    }

    @Test("behind the last job, once much is dead, and at the start again after twenty times what that took")
    func behind() {
        bounds.ended(bounds.claim(of: ["a"]), dead: 100_000) { ["a": place(1)] }
        var claim = bounds.claim(of: ["a"])
        #expect(claim.places == [place(1)])
        #expect(claim.wholeLookIn == .milliseconds(500))
        bounds.ended(claim, dead: 0) { ["a": place(2, "b")] }
        pass(.milliseconds(499))
        claim = bounds.claim(of: ["a"])
        #expect(claim.places == [place(2, "b")])
        #expect(claim.wholeLookIn == .milliseconds(1))
        bounds.ended(claim, dead: 0) { [:] }
        pass(.milliseconds(1))
        claim = bounds.claim(of: ["a"])
        #expect(claim.places == [nil])
        #expect(claim.wholeLookIn == nil)
        // A more urgent one: what follows it is next.
        bounds.ended(claim, dead: 100_000_000) { ["a": place(0)] }
        claim = bounds.claim(of: ["a"])
        #expect(claim.places == [place(0)])
        #expect(claim.wholeLookIn == ClaimBounds.longestPause)
        pass(ClaimBounds.longestPause)
        bounds.ended(bounds.claim(of: ["a"]), dead: 10) { ["a": place(3)] }
        #expect(bounds.claim(of: ["a"]).places == [nil])
    }

    @Test("of each type by itself")
    func types() {
        bounds.ended(bounds.claim(of: ["a", "b"]), dead: 2_000) { ["a": place(1)] }
        var claim = bounds.claim(of: ["b", "a", "c"])
        #expect(claim.places == [nil, place(1), nil])
        #expect(claim.wholeLookIn == .milliseconds(10))
        pass(.milliseconds(5))
        // What was not looked at from the start says nothing about when it will be.
        bounds.ended(claim, dead: 4_000) { ["a": place(2), "b": place(3)] }
        claim = bounds.claim(of: ["a", "b"])
        #expect(claim.places == [place(2), place(3)])
        #expect(claim.wholeLookIn == .milliseconds(5))
    }
}
