/// One thing that every adapter must do, to be run against one of them.
///
/// A case knows no test framework: it ends or it throws. With swift-testing it is an argument:
///
/// ```swift
/// @Test(arguments: StateConformance(of: MyAdapterUnderTest()).cases)
/// func conforms(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
/// ```
public struct ConformanceCase: Sendable, CustomStringConvertible {
    /// What the adapter must do, as a sentence.
    public let name: String
    private let body: @Sendable (_ deadline: Duration) async throws -> Void

    /// Makes a case.
    ///
    /// - Parameters:
    ///   - name: What the adapter must do, as a sentence.
    ///   - body: Does it, and is given how long that may take once there is an adapter.
    init(_ name: String, body: @escaping @Sendable (_ deadline: Duration) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs the case.
    ///
    /// A case that waits for something that never comes, such as a hint that was lost, is cancelled after ten minutes.
    /// How long it takes until there is an adapter doesn't count, since tests may have a case wait there for others.
    ///
    /// - Throws: ``ConformanceFailure`` if the adapter does something else, or has the case wait for ever; or what the
    ///   adapter throws.
    public func run() async throws { try await run(within: .seconds(600)) }

    /// Runs the case with another patience.
    package func run(within deadline: Duration) async throws { try await body(deadline) }

    /// The name of the case.
    public var description: String { name }
}
