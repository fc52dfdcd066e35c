import Testing

@testable import QueuertPostgres

@Suite("What wakes the thread that waits for notifications") struct WakeUpPipeTests {
    @Test("what is raised while it is lowered takes no later wake-up along")
    func raisedWhileLowered() {
        let pipe = WakeUpPipe()
        for isRaisedBefore in [true, false] {
            if isRaisedBefore { pipe.raise() }
            pipe.lower { pipe.raise() }
            pipe.raise()
            #expect(isRaised(pipe))
            pipe.lower()
            #expect(!isRaised(pipe))
        }
    }

    @Test("it is raised once, however often, until it is lowered")
    func raisedOften() {
        let pipe = WakeUpPipe()
        #expect(!isRaised(pipe))
        for _ in 0..<3 { pipe.raise() }
        #expect(isRaised(pipe))
        pipe.lower()
        #expect(!isRaised(pipe))
    }

    /// Whether a wait for it would end at once: another pipe tells whether this one can be read.
    private func isRaised(_ pipe: WakeUpPipe) -> Bool { WakeUpPipe().wait(orInput: pipe.reading, for: .zero) }
}
