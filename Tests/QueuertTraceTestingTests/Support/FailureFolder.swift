import Foundation
import Testing

@testable import QueuertTraceTesting

/// Has the files of failures that tests provoke written into a folder that is removed after them.
struct FailureFolder: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "queuert-failures-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await FailureFile.$environment.withValue([FailureFile.variable: folder.path], operation: function)
    }
}

extension Trait where Self == FailureFolder {
    /// One folder for the files of the whole suite's failures.
    static var removedFailures: Self { Self() }
}
