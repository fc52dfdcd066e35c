import Testing

@testable import QueuertOTel

@Suite("Retry policy") struct RetryPolicyTests {
    @Test("X12 the limit of the jitter grows by half from 1 s to 5 s")
    func limits() {
        let policy = RetryPolicy(jitter: { $0 })
        let waits = (1...7).map { policy.wait(afterTries: $0, wish: nil, remaining: .seconds(60)) }
        #expect(
            waits == [
                .seconds(1), .milliseconds(1500), .milliseconds(2250), .milliseconds(3375), .seconds(5), .seconds(5),
                .seconds(5),
            ])
    }

    @Test("X12 the jitter of the default is full: from nothing to the limit")
    func fullJitter() {
        let policy = RetryPolicy()
        let waits = (0..<1000).map { _ in policy.wait(afterTries: 1, wish: nil, remaining: .seconds(60)) }
        #expect(waits.allSatisfy { $0 >= .zero && $0 <= .seconds(1) })
        // The chance that a thousand draws all miss a tenth is 1 in 10^45.
        #expect(waits.contains { $0 < .milliseconds(100) })
        #expect(waits.contains { $0 > .milliseconds(900) })
    }

    @Test(
        "X10 reads all three forms of a date",
        arguments: [
            "Tue, 14 Nov 2023 22:13:25 GMT", "Tuesday, 14-Nov-23 22:13:25 GMT", "Tue Nov 14 22:13:25 2023",
        ])
    func dates(text: String) {
        #expect(RetryPolicy.wish(in: text, secondsSince1970: 1_700_000_000) == .seconds(5))
    }

    @Test(
        "X10 a date that is past, nonsense and nothing are no wish",
        arguments: [
            "Tue, 14 Nov 2023 22:13:19 GMT", "yesterday", "Tue", "2023-", "+5", " ", nil,
        ])
    func noWish(text: String?) {
        #expect(RetryPolicy.wish(in: text, secondsSince1970: 1_700_000_000) == nil)
    }

    @Test("X10 more seconds than fit are a year")
    func endless() {
        let digits = String(repeating: "9", count: 40)
        #expect(RetryPolicy.wish(in: digits, secondsSince1970: 0) == .seconds(86_400 * 365))
    }
}
