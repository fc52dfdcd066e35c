import Synchronization
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("Outbox schedule") struct OutboxScheduleTests {
    private let start = ContinuousClock.now
    private let pace = OutboxSchedule.Pace(
        poll: .seconds(1), firstDelay: .seconds(1), maximumDelay: .seconds(4))

    private func words(_ step: OutboxSchedule.Step) -> String {
        switch step {
        case .wait(let duration): "wait \(duration)"
        case .send(let signals): "send \(signals.map(\.rawValue))"
        case .look: "look"
        case .finish(let completed): "finish \(completed.map { "\($0.result)" })"
        }
    }

    @Test("what is kept is sent at once, and then there is a look at the file each second")
    func sendsWhatIsNew() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        schedule.attached(.logs)
        #expect(words(schedule.next(now: start)) == #"send ["logs", "traces"]"#)
        _ = schedule.sent([.logs, .traces], failed: [:], now: start)
        #expect(words(schedule.next(now: start)) == "wait \(Duration.seconds(1))")
        schedule.kept()
        #expect(words(schedule.next(now: start)) == #"send ["logs", "traces"]"#)
        _ = schedule.sent([.logs, .traces], failed: [:], now: start)
        #expect(words(schedule.next(now: start + .seconds(1))) == #"send ["logs", "traces"]"#)
    }

    @Test("after a failure a signal waits ever longer, and the others don't")
    func backsOff() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        schedule.attached(.logs)
        var now = start
        for delay in [1, 2, 4, 4] {
            _ = schedule.sent([.logs], failed: [.traces: .zero], now: now)
            schedule.kept()
            let early = now + .seconds(delay) - .nanoseconds(1)
            #expect(words(schedule.next(now: early)) == #"send ["logs"]"#)
            now += .seconds(delay)
            schedule.kept()
            #expect(words(schedule.next(now: now)) == #"send ["logs", "traces"]"#)
        }
        _ = schedule.sent([.logs, .traces], failed: [:], now: now)
        schedule.kept()
        #expect(words(schedule.next(now: now)) == #"send ["logs", "traces"]"#)
    }

    @Test("a receiver's wish is kept, but not beyond an hour")
    func wish() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        for (wish, wait) in [(60, 60), (86_400, 3600)] {
            _ = schedule.sent([], failed: [.traces: .seconds(wish)], now: start)
            let early = start + .seconds(wait) - .nanoseconds(1)
            schedule.looked(now: early)
            #expect(words(schedule.next(now: early)) == "wait \(Duration.seconds(1))")
            #expect(words(schedule.next(now: start + .seconds(wait + 1))) == #"send ["traces"]"#)
        }
    }

    @Test(
        "while all receivers are to be left alone there is a look each second, which nobody needs before there are any")
    func looks() {
        var schedule = OutboxSchedule(pace: pace)
        #expect(words(schedule.next(now: start)) == "wait \(Duration.seconds(1))")
        schedule.attached(.traces)
        _ = schedule.sent([], failed: [.traces: .seconds(3600)], now: start)
        for second in 1...3 {
            let now = start + .seconds(second)
            #expect(words(schedule.next(now: now - .nanoseconds(1))) == "wait \(Duration.nanoseconds(1))")
            #expect(words(schedule.next(now: now)) == "look")
            schedule.looked(now: now)
        }
        #expect(words(schedule.next(now: start + .seconds(3600))) == #"send ["traces"]"#)
    }

    @Test("a flush waits for no other time to try, and tells what came of it")
    func flush() {
        let results = Mutex<[FlushResult]>([])
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        _ = schedule.sent([], failed: [.traces: .zero], now: start)
        let early = schedule.flush { result in results.withLock { $0.append(result) } }
        #expect(early == .waiting(id: 1))
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        let late = schedule.flush { result in results.withLock { $0.append(result) } }
        #expect(late == .waiting(id: 2))
        for (completion, result) in schedule.sent([], failed: [.traces: .zero], now: start) { completion(result) }
        #expect(results.withLock { $0 } == [.failure])
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        for (completion, result) in schedule.sent([.traces], failed: [:], now: start) { completion(result) }
        #expect(results.withLock { $0 } == [.failure, .success])
        #expect(schedule.expire(id: 2)?.interrupts == nil)
    }

    @Test("what is lost is a failure for who waits meanwhile, and no reason to leave the receiver alone")
    func lost() {
        let results = Mutex<[FlushResult]>([])
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        _ = schedule.shutDown { _ in }
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        schedule.lost()
        _ = schedule.flush { result in results.withLock { $0.append(result) } }
        #expect(schedule.sent([.traces], failed: [:], now: start).isEmpty)
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        for (completion, result) in schedule.sent([.traces], failed: [:], now: start) { completion(result) }
        #expect(results.withLock { $0 } == [.success])
        #expect(words(schedule.next(now: start)) == #"finish ["failure"]"#)
    }

    @Test("a shutdown sends once more and ends; only its own end of time breaks off what is sent")
    func shutdown() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        #expect(schedule.flush { _ in } == .waiting(id: 1))
        #expect(schedule.shutDown { _ in } == .waiting(id: 2))
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        #expect(schedule.expire(id: 1)?.interrupts == false)
        #expect(schedule.sent([], failed: [.traces: .zero], now: start).isEmpty)
        // The thread has not ended yet.
        #expect(schedule.shutDown { _ in } == .waiting(id: 3))
        #expect(words(schedule.next(now: start)) == #"finish ["failure", "failure"]"#)
        #expect(schedule.expire(id: 2)?.interrupts == nil)
        #expect(schedule.flush { _ in } == .answered(.failure))
        #expect(schedule.shutDown { _ in } == .answered(.failure))
    }

    @Test("a second shutdown waits no longer than its own time, and makes the first one no shorter")
    func secondShutdown() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        #expect(schedule.shutDown { _ in } == .waiting(id: 1))
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        #expect(schedule.shutDown { _ in } == .waiting(id: 2))
        #expect(schedule.expire(id: 2)?.interrupts == false)
        #expect(schedule.sent([.traces], failed: [:], now: start).isEmpty)
        #expect(words(schedule.next(now: start)) == #"finish ["success"]"#)
        #expect(schedule.shutDown { _ in } == .answered(.success))
    }

    @Test("a shutdown that comes while something is sent sends what was kept since, and what is left alone")
    func shutdownWhileSending() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.logs)
        schedule.attached(.traces)
        #expect(words(schedule.next(now: start)) == #"send ["logs", "traces"]"#)
        _ = schedule.sent([.logs], failed: [.traces: .zero], now: start)
        schedule.kept()
        #expect(words(schedule.next(now: start)) == #"send ["logs"]"#)
        #expect(schedule.shutDown { _ in } == .waiting(id: 1))
        #expect(schedule.sent([.logs], failed: [:], now: start).isEmpty)
        #expect(words(schedule.next(now: start)) == #"send ["logs", "traces"]"#)
        #expect(schedule.sent([.logs], failed: [.traces: .zero], now: start).isEmpty)
        #expect(words(schedule.next(now: start)) == #"finish ["failure"]"#)
    }

    @Test("a shutdown whose time is up while something is sent ends with that")
    func lateShutdownWhileSending() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        #expect(schedule.shutDown { _ in } == .waiting(id: 1))
        #expect(schedule.expire(id: 1)?.interrupts == true)
        #expect(schedule.sent([], failed: [.traces: .zero], now: start).isEmpty)
        #expect(words(schedule.next(now: start)) == "finish []")
        #expect(schedule.flush { _ in } == .answered(.timeout))
    }

    @Test("a shutdown whose time is up breaks off what is sent, and whoever asks then is told so")
    func lateShutdown() {
        var schedule = OutboxSchedule(pace: pace)
        schedule.attached(.traces)
        #expect(schedule.shutDown { _ in } == .waiting(id: 1))
        #expect(words(schedule.next(now: start)) == #"send ["traces"]"#)
        #expect(schedule.expire(id: 1)?.interrupts == true)
        #expect(schedule.flush { _ in } == .answered(.timeout))
        #expect(schedule.shutDown { _ in } == .answered(.timeout))
    }
}
