import Queuert

/// What every state adapter must do, as cases.
public struct StateConformance<Subject: StateAdapterUnderTest>: Sendable {
    let subject: Subject

    /// Makes the cases for an adapter.
    ///
    /// - Parameter subject: Makes the adapters.
    public init(of subject: Subject) { self.subject = subject }

    /// All cases.
    public var cases: [ConformanceCase] {
        [
            insertCases, insertIdentifierCases, identifierFormCases, insertBlockerCases, claimCases,
            claimConcurrencyCases, leaseCases, prolongedLeaseCases, placeInLineCases,
            completionCases, continuationCases, retryCases, fencingCases, lastSettlementCases, unblockingCases,
            unblockingRaceCases,
            queryCases,
            transactionCases, savepointCases, openTransactionCases, lateUseCases, textCases, priorityCases,
            batchClaimCases, idlePollCases, pauseCases, deduplicationCases,
            deduplicationUndoCases, deduplicationRaceCases, failedCases, redriveCases, triggerCases,
            completionWithoutWorkerCases, lockedLastJobCases, cancelCases, cancelDependantsCases, deleteCases,
            deleteDependantsCases, cascadeCases, cleanupCases, listChainsCases, listJobsCases, blockerQueryCases,
            countCases, strandedCases, identifierCases, statementTimeCases, readIsolationCases,
            telemetryCases, telemetryLeaderCases,
        ].flatMap { $0 }
    }

    func test(
        _ name: String, _ body: @escaping @Sendable (StateScenario<Subject.Adapter>) async throws -> Void
    ) -> ConformanceCase {
        let subject = subject
        return ConformanceCase(name) { deadline in
            let clock = ManualClock()
            try await subject.withAdapter(clock: clock) { adapter in
                let scenario = StateScenario(adapter: adapter, clock: clock, identifiers: subject.identifiers)
                try await withDeadline(deadline, of: name) { try await body(scenario) }
            }
        }
    }
}
