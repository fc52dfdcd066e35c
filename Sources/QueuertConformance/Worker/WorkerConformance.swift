import Queuert

/// What clients and workers do on every state adapter, as cases.
public struct WorkerConformance<Subject: StateAdapterUnderTest>: Sendable {
    typealias Faulty = FaultyStateAdapter<Subject.Adapter>

    private let subject: Subject

    /// Makes the cases for an adapter.
    ///
    /// - Parameter subject: Makes the adapters.
    public init(of subject: Subject) { self.subject = subject }

    /// All cases.
    public var cases: [ConformanceCase] {
        [
            decisionCases, transactionCases, blockerCases, scheduleCases, failureCases, leaseCases, lostWorkerCases,
            stopCases, giveBackCases, slotCases, awaitCases, recoveryCases, sharingCases, telemetryCases,
        ].flatMap { $0 }
    }

    func test(
        _ name: String, _ body: @escaping @Sendable (WorkerScenario<Subject.Adapter>) async throws -> Void
    ) -> ConformanceCase {
        let subject = subject
        return ConformanceCase(name) {
            let clock = ManualClock()
            try await subject.withAdapter(clock: clock) { adapter in
                try await body(WorkerScenario(adapter: adapter, clock: clock))
            }
        }
    }
}
