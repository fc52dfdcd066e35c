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
    private let body: @Sendable () async throws -> Void

    init(_ name: String, body: @escaping @Sendable () async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// Runs the case.
    ///
    /// - Throws: ``ConformanceFailure`` if the adapter does something else, or what the adapter throws.
    public func run() async throws { try await body() }

    /// The name of the case.
    public var description: String { name }
}
