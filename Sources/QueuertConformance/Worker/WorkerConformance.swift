import Queuert

/// What clients and workers do on every state adapter, as cases.
public struct WorkerConformance<Subject: StateAdapterUnderTest>: Sendable {
    typealias Faulty = FaultyStateAdapter<Subject.Adapter>

    let subject: Subject
    private let hintsComeOnce: Bool
    private typealias WithNotify = @Sendable (@Sendable (any NotifyAdapter) async throws -> Void) async throws -> Void
    private let withNotify: WithNotify

    /// Makes the cases for an adapter, whose workers are told of what happens in this process.
    ///
    /// - Parameter subject: Makes the adapters.
    public init(of subject: Subject) {
        self.subject = subject
        hintsComeOnce = true
        withNotify = { body in try await body(InProcessNotify()) }
    }

    /// Makes the cases for a pair of adapters.
    ///
    /// - Parameters:
    ///   - subject: Makes the state adapters.
    ///   - notify: Makes the notify adapters, which must tell workers. What happens without hints has cases of
    ///     its own, which are always among these.
    public init(of subject: Subject, notify: some NotifyAdapterUnderTest) {
        self.subject = subject
        hintsComeOnce = false
        withNotify = { body in try await notify.withAdapter { try await body($0) } }
    }

    /// All cases.
    public var cases: [ConformanceCase] {
        [
            decisionCases, transactionCases, blockerCases, strandedCases, scheduleCases, failureCases, leaseCases,
            lostWorkerCases, stopCases, giveBackCases, slotCases, maximumAttemptsCases, timeoutCases,
            batchCases, middlewareCases, controlCases, stagedCases, awaitCases, recoveryCases, sharingCases,
            telemetryCases, recurringCases, missedRunCases, recurrenceDefinitionCases, batchLossCases,
            ownChainCases, awaitInTransactionCases, rescheduleCases, processorSettingCases, inheritedPriorityCases,
            specialisedWorkerCases, heldJobCases, hintCases,
            hookCases, clientStartCases, clientReadCases, clientRetryCases, completionWithoutWorkerCases, endingCases,
            attemptTimeCases, crashCases, lostReplyCases, resilienceCases, pollingCases, lossyCases, wakeBudgetCases,
            // A hint that comes again may cost a look.
            hintsComeOnce ? clientCostCases + workerCostCases : [],
        ].flatMap { $0 }
    }

    func test(
        _ name: String, _ body: @escaping @Sendable (WorkerScenario<Subject.Adapter>) async throws -> Void
    ) -> ConformanceCase { test(name, withNotify, body) }

    /// A case whose workers and waiters get no hints, whatever the notify adapter of the others is.
    func pollingTest(
        _ name: String, _ body: @escaping @Sendable (WorkerScenario<Subject.Adapter>) async throws -> Void
    ) -> ConformanceCase { test(name, { try await $0(PollingOnly()) }, body) }

    /// A case whose hints get lost, come late and twice.
    func lossyTest(
        _ name: String, seed: UInt64,
        _ body: @escaping @Sendable (WorkerScenario<Subject.Adapter>) async throws -> Void
    ) -> ConformanceCase { test(name, { try await $0(LossyNotify(seed: seed)) }, body) }

    private func test(
        _ name: String, _ withNotify: @escaping WithNotify,
        _ body: @escaping @Sendable (WorkerScenario<Subject.Adapter>) async throws -> Void
    ) -> ConformanceCase {
        let subject = subject
        return ConformanceCase(name) { deadline in
            let clock = ManualClock()
            try await subject.withAdapter(clock: clock) { adapter in
                try await withDeadline(deadline, of: name) {
                    try await withNotify { notify in
                        try await body(
                            WorkerScenario(
                                adapter: adapter, notify: notify, clock: clock, identifiers: subject.identifiers,
                                markAsBlocked: { try await subject.markAsBlocked($0, in: adapter) }))
                    }
                }
            }
        }
    }
}
