import Testing

@testable import QueuertSQLite

@Suite("How long a checkpoint waits for others") struct CheckpointPatienceTests {
    private let start = ContinuousClock.now

    @Test(
        "longer the larger the log is, up to eight times, and nobody is held up for more than a fifth of the time",
        arguments: [(0, 250), (1, 250), (3, 750), (8, 2_000), (1_000, 2_000)])
    func whole(_ growth: Int, _ milliseconds: Int) {
        let patience = CheckpointPatience(.milliseconds(250), growth: growth, from: start)
        #expect(patience.whole == .milliseconds(milliseconds))
        #expect(patience.rest(at: start) == patience.whole)
        #expect(patience.whole * 5 == patience.whole + patience.pause)
    }

    @Test("what one of them took is missing for the next, and while nobody can write it is never longer than at first")
    func rest() {
        let patience = CheckpointPatience(.milliseconds(250), growth: 4, from: start)
        #expect(patience.rest(at: start + .milliseconds(600)) == .milliseconds(400))
        #expect(patience.restForOthers(at: start + .milliseconds(600)) == .milliseconds(250))
        #expect(patience.rest(at: start + .milliseconds(900)) == .milliseconds(100))
        #expect(patience.restForOthers(at: start + .milliseconds(900)) == .milliseconds(100))
        #expect(patience.rest(at: start + .seconds(2)) == .zero)
        #expect(patience.restForOthers(at: start + .seconds(2)) == .zero)
    }
}
