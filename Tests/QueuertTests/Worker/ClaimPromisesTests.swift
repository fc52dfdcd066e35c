import Testing

@testable import Queuert

@Suite("Jobs that are promised to a claim") struct ClaimPromisesTests {
    /// Offers jobs of a type, as a hint does.
    private func offer(
        _ count: Int, of typeName: String = "job", for slots: Int, to promises: inout ClaimPromises
    ) -> ClaimPromises.Answer {
        promises.accept(for: slots) { places in
            var places = places
            let taken = places.take(count, of: typeName)
            return taken > 0 ? [typeName: taken] : [:]
        }
    }

    @Test("are no more than there are slots, which are full then")
    func slots() {
        var promises = ClaimPromises(batchSizes: [:])
        let answers = [0, 1, 5, 1].map { offer($0, for: 2, to: &promises) }
        #expect(answers == [.left, .taken, .taken, .full])
        let all = promises.takeAll()
        #expect(all == ["job": 2])
        let withoutRoom = offer(1, for: 0, to: &promises)
        #expect(withoutRoom == .full)
        let none = promises.takeAll()
        #expect(none == [:])
    }

    @Test("fill batches, of which each takes a slot")
    func batches() {
        var promises = ClaimPromises(batchSizes: ["batched": 10])
        let answers = [
            offer(7, of: "batched", for: 2, to: &promises), offer(1, for: 2, to: &promises),
            offer(5, of: "batched", for: 2, to: &promises), offer(1, for: 2, to: &promises),
        ]
        #expect(answers == [.taken, .taken, .taken, .full])
        let all = promises.takeAll()
        #expect(all == ["batched": 10, "job": 1])
    }

    @Test("are the claim's until it has succeeded, and are passed on if it has not")
    func claim() {
        var promises = ClaimPromises(batchSizes: [:])
        let before = offer(2, for: 4, to: &promises)
        promises.claimBegins(for: 4)
        // Those of the claim take no room of the one after it.
        let meanwhile = offer(4, for: 4, to: &promises)
        #expect([before, meanwhile] == [.taken, .taken])
        let failed = promises.takeAll()
        #expect(failed == ["job": 6])
        _ = offer(2, for: 4, to: &promises)
        promises.claimBegins(for: 4)
        promises.claimSucceeded(mayBeMore: false)
        let kept = promises.takeAll()
        #expect(kept == [:])
    }

    @Test(
        "go on to the claim after it where one has no room for them, unless it finds that there are no more",
        arguments: [true, false])
    func beyondClaim(_ mayBeMore: Bool) {
        var promises = ClaimPromises(batchSizes: [:])
        _ = offer(3, for: 4, to: &promises)
        // Slots have filled meanwhile.
        promises.claimBegins(for: 1)
        let meanwhile = offer(2, for: 2, to: &promises)
        promises.claimSucceeded(mayBeMore: mayBeMore)
        let afterwards = offer(1, for: 2, to: &promises)
        #expect([meanwhile, afterwards] == [.full, mayBeMore ? .full : .taken])
        promises.claimBegins(for: 2)
        promises.claimSucceeded(mayBeMore: true)
        let left = promises.takeAll()
        #expect(left == [:])
    }
}
