import Dispatch
import Synchronization
import Testing

@testable import QueuertPostgres

@Suite("Cancelling a statement") struct PostgresCancellerTests {
    /// Counts the requests that are sent to the server.
    private final class Requests: Sendable {
        private let sent = Mutex(0)
        var count: Int { sent.withLock { $0 } }
        func send() { sent.withLock { $0 += 1 } }
    }

    @Test("a request that comes late spares the statement of whoever has the connection by then")
    func late() {
        let requests = Requests()
        let canceller = PostgresCanceller(interval: .seconds(3_600))
        canceller.attach { requests.send() }
        let first = canceller.begin()
        canceller.end()
        let second = canceller.begin()
        canceller.beginStatement()
        canceller.cancel(first)
        canceller.queue.sync {}
        #expect(requests.count == 0)
        canceller.cancel(second)
        canceller.queue.sync {}
        #expect(requests.count == 1)
        #expect(canceller.isCancelled)
        let isOver = canceller.endStatement(within: nil)
        #expect(isOver)
        canceller.cancel(second)
        canceller.queue.sync {}
        #expect(requests.count == 1)
        canceller.end()
    }

    @Test("the server is asked to end a statement that begins after its use was cancelled, until it has ended")
    func early() {
        let requested = DispatchSemaphore(value: 0)
        let canceller = PostgresCanceller(interval: .milliseconds(1))
        canceller.attach { requested.signal() }
        let use = canceller.begin()
        #expect(!canceller.isUseCancelled)
        canceller.cancel(use)
        #expect(canceller.isUseCancelled)
        canceller.queue.sync {}
        canceller.beginStatement()
        for _ in 0..<3 { #expect(requested.wait(timeout: .now() + 60) == .success) }
        let isOver = canceller.endStatement(within: nil)
        #expect(isOver)
        canceller.end()
        _ = canceller.begin()
        #expect(!canceller.isUseCancelled)
    }

    @Test("a request that is on its way is waited for, and not without end")
    func unanswered() {
        let begun = DispatchSemaphore(value: 0)
        let answered = DispatchSemaphore(value: 0)
        let canceller = PostgresCanceller()
        canceller.attach {
            begun.signal()
            answered.wait()
        }
        let use = canceller.begin()
        canceller.beginStatement()
        canceller.cancel(use)
        begun.wait()
        #expect(canceller.isCancelled)
        let isOverBefore = canceller.endStatement(within: .milliseconds(1))
        #expect(!isOverBefore)
        answered.signal()
        let isOver = canceller.endStatement(within: nil)
        #expect(isOver)
        canceller.end()
    }
}
