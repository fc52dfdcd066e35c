import Testing

@testable import QueuertOTel

@Suite("Batch queue") struct BatchQueueTests {
    @Test("items come out in their order, in full batches and a rest")
    func order() {
        var queue = BatchQueue<SpanData>(batchSize: 3)
        for name in ["a", "b", "c", "d", "e", "f", "g"] { queue.append(.sample(name)) }
        #expect(queue.count == 7)
        #expect(queue.takeBatch().map(\.name) == ["a", "b", "c"])
        queue.append(.sample("h"))
        #expect(queue.takeBatch().map(\.name) == ["d", "e", "f"])
        #expect(queue.takeBatch().map(\.name) == ["g", "h"])
        #expect(queue.isEmpty)
        #expect(queue.takeBatch().isEmpty)
    }

    @Test("batches may be larger than what there is memory for, and items then come out when they are asked for")
    func hugeBatch() {
        var queue = BatchQueue<SpanData>(batchSize: .max)
        queue.append(.sample("a"))
        #expect(queue.takeBatch().map(\.name) == ["a"])
    }

    @Test("what is forgotten does not come out")
    func removeAll() {
        var queue = BatchQueue<SpanData>(batchSize: 2)
        for name in ["a", "b", "c"] { queue.append(.sample(name)) }
        queue.removeAll()
        #expect(queue.isEmpty)
        queue.append(.sample("d"))
        #expect(queue.takeBatch().map(\.name) == ["d"])
    }
}
