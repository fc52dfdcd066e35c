import Testing

@testable import Queuert

@Suite("How many attempts are claimed ahead") struct ClaimPaceTests {
    private let start = ContinuousClock.now

    @Test("as many as end in ten milliseconds, by those that ended during the claim")
    func duringClaim() {
        var pace = ClaimPace(limit: 100, at: start)
        pace.claimBegins(at: start + .seconds(1))
        pace.handlersEnded(4)
        pace.claimEnds(at: start + .seconds(1) + .milliseconds(2))
        #expect(pace.ahead == 20)
    }

    @Test("a single slot's, by those that ended before the claim, since none ends during it")
    func singleSlot() {
        var pace = ClaimPace(limit: 8, at: start)
        pace.claimBegins(at: start)
        pace.claimEnds(at: start + .milliseconds(1))
        #expect(pace.ahead == 0)
        pace.handlersEnded(1)
        pace.claimBegins(at: start + .milliseconds(3))
        pace.claimEnds(at: start + .milliseconds(4))
        #expect(pace.ahead == 2)
    }

    @Test("none where handlers take longer")
    func slow() {
        var pace = ClaimPace(limit: 8, at: start)
        pace.claimBegins(at: start)
        pace.claimEnds(at: start + .milliseconds(1))
        pace.handlersEnded(1)
        pace.claimBegins(at: start + .milliseconds(12))
        pace.claimEnds(at: start + .milliseconds(13))
        #expect(pace.ahead == 0)
    }

    @Test("at least twice as many as ended during a claim that took long")
    func slowClaim() {
        var pace = ClaimPace(limit: 100, at: start)
        pace.claimBegins(at: start)
        pace.handlersEnded(3)
        pace.claimEnds(at: start + .seconds(1))
        #expect(pace.ahead == 6)
    }

    @Test("no more than the limit, half as many after a claim during which fewer ended, and none after a stop")
    func limits() {
        var pace = ClaimPace(limit: 8, at: start)
        pace.claimBegins(at: start)
        pace.handlersEnded(50)
        pace.claimEnds(at: start + .milliseconds(1))
        #expect(pace.ahead == 8)
        pace.claimBegins(at: start + .seconds(1))
        pace.claimBegins(at: start + .seconds(2))
        pace.claimEnds(at: start + .seconds(3))
        #expect(pace.ahead == 4)
        pace.stop()
        #expect(pace.ahead == 0)
    }
}
