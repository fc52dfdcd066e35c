import Logging
import NIOCore
import Testing

@testable import QueuertCollector

@Suite("Requests that wait to be sent on or written") struct TeeQueueTests {
    /// A kilobyte that became 300 when it was decompressed.
    private let request = TeedRequest(
        signal: .traces, encoding: .protobuf, coding: .gzip, body: ByteBuffer(repeating: 0, count: 1_000),
        protobuf: [UInt8](repeating: 0, count: 300_000))

    @Test("R12 a request takes as much room as it does in memory, until it was dealt with")
    func size() async {
        #expect(!TeeQueue(limit: 10_000).offer(request))
        let queue = TeeQueue(limit: 400_000)
        #expect(queue.offer(request))
        #expect(queue.waitingBytes == 301_000)
        #expect(!queue.offer(request))
        queue.stop()
        await queue.drain { _ in }
        #expect(queue.waitingBytes == 0)
    }

    @Test("R12 what is sent on waits as it came, and what is written as it is after decompression")
    func parts() {
        let statistics = CollectorStatistics()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let forwarder = Forwarder(
            ForwardingConfiguration(endpoint: "http://127.0.0.1:1", queueBytes: 10_000), statistics, logger)
        forwarder.offer(request)
        #expect(forwarder.waitingBytes == 1_000)
        JSONLinesSink(JSONLinesConfiguration(folder: "/nowhere", queueBytes: 300_000), statistics, logger)
            .offer(request)
        #expect(statistics.counts.dropped.isEmpty)
        JSONLinesSink(JSONLinesConfiguration(folder: "/nowhere", queueBytes: 299_999), statistics, logger)
            .offer(request)
        #expect(statistics.counts.dropped == [.init(destination: .files, reason: .queueFull): 1])
    }
}
