import Testing

@testable import QueuertOTel

@Suite("Batch configuration") struct BatchConfigurationTests {
    @Test("B01 what is set to less than can be used becomes the least that can be")
    func leastValues() {
        var configuration = BatchConfiguration(scheduleDelay: .zero)
        #expect(configuration.scheduleDelay == .milliseconds(1))
        configuration.maximumQueueSize = 0
        configuration.maximumBatchSize = -1
        configuration.scheduleDelay = .seconds(-5)
        #expect(configuration.maximumQueueSize == 1 && configuration.maximumBatchSize == 1)
        #expect(configuration.scheduleDelay == .milliseconds(1))
    }

    @Test("B02 a batch is full when the queue is, if one was set to be larger after the other")
    func largerThanTheQueue() {
        var configuration = BatchConfiguration(maximumQueueSize: 2)
        configuration.maximumBatchSize = 3
        var machine = BatchStateMachine<Int>(configuration: configuration, now: .now)
        let offers = [machine.offer(1), machine.offer(2), machine.offer(3)]
        #expect(offers == [.queued, .due, .droppedQueueFull(firstOfEpisode: true)])
    }

    @Test("a queue or a batch without room stops the program")
    func invalidSizes() async {
        await #expect(processExitsWith: .failure) { _ = BatchConfiguration(maximumQueueSize: 0) }
        await #expect(processExitsWith: .failure) { _ = BatchConfiguration(maximumBatchSize: 0) }
    }
}
