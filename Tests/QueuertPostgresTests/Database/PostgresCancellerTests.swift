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
        let canceller = PostgresCanceller()
        canceller.attach { requests.send() }
        let first = canceller.begin()
        canceller.end()
        let second = canceller.begin()
        canceller.whileCancellable {
            canceller.cancel(first)
            PostgresCanceller.queue.sync {}
            #expect(requests.count == 0)
            canceller.cancel(second)
            PostgresCanceller.queue.sync {}
            #expect(requests.count == 1)
        }
        canceller.cancel(second)
        PostgresCanceller.queue.sync {}
        #expect(requests.count == 1)
        canceller.end()
    }
}
