import Queuert
import Synchronization
import Testing

@Suite("A waiting room on a thread", .timeLimit(.minutes(2))) struct WaitingRoomTests {
    /// Calls to this wait, and are then answered on the thread that the room is on.
    actor Announcement {
        nonisolated let room: WaitingRoom
        nonisolated var unownedExecutor: UnownedSerialExecutor { room.asUnownedSerialExecutor() }
        private var calls = 0

        init(on thread: ThreadExecutor) { room = WaitingRoom(on: thread) }

        func next() -> (call: Int, thread: UInt) {
            calls += 1
            return (calls, currentThread())
        }
    }

    /// Does nothing but wait, on a thread of its own.
    actor Caller {
        let executor: ThreadExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        /// What the calls were answered, in the order in which they went on.
        private(set) var answers: [(number: Int, call: Int, thread: UInt, isOnThread: Bool)] = []
        private(set) var waiting = 0

        init() throws { executor = try ThreadExecutor() }

        func call(_ announcement: Announcement, _ number: Int) async {
            waiting += 1
            let answer = await announcement.next()
            answers.append((number, answer.call, answer.thread, answer.thread == currentThread()))
        }
    }

    @Test("lets those who wait go on when it says so, in their order, and without leaving the thread")
    func letsGo() async throws {
        let caller = try Caller()
        let announcement = Announcement(on: caller.executor)
        var tasks: [Task<Void, Never>] = []
        for number in 1...5 {
            tasks.append(Task { await caller.call(announcement, number) })
            while await caller.waiting < number { await Task.yield() }
        }
        #expect(await caller.answers.isEmpty)
        let arrivals = caller.executor.arrivalCount
        announcement.room.release()
        for task in tasks { await task.value }
        #expect(await caller.answers.map(\.number) == [1, 2, 3, 4, 5])
        #expect(await caller.answers.map(\.call) == [1, 2, 3, 4, 5])
        #expect(await caller.answers.allSatisfy(\.isOnThread))
        // One for the release of all five, and three for the questions here: no task came back from elsewhere.
        #expect(caller.executor.arrivalCount - arrivals == 4)
    }

    @Test("keeps who comes after a release for the next one")
    func keeps() async throws {
        let caller = try Caller()
        let announcement = Announcement(on: caller.executor)
        announcement.room.release()
        let task = Task { await caller.call(announcement, 1) }
        while await caller.waiting < 1 { await Task.yield() }
        #expect(await caller.answers.isEmpty)
        announcement.room.release()
        await task.value
        #expect(await caller.answers.count == 1)
    }
}
