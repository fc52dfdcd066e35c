import Queuert

/// What every notify adapter that tells anybody must do, as cases.
public struct NotifyConformance<Subject: NotifyAdapterUnderTest>: Sendable {
    let subject: Subject

    /// Makes the cases for an adapter.
    ///
    /// - Parameter subject: Makes the adapters.
    public init(of subject: Subject) { self.subject = subject }

    func test(
        _ name: String, _ body: @escaping @Sendable (Subject.Adapter) async throws -> Void
    ) -> ConformanceCase {
        let subject = subject
        return ConformanceCase(name) { deadline in
            try await subject.withAdapter { adapter in
                try await withDeadline(deadline, of: name) { try await body(adapter) }
            }
        }
    }

    /// All cases.
    public var cases: [ConformanceCase] { [deliveryCases, scopeCases, senderCases].flatMap { $0 } }
}
