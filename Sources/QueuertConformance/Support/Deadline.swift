/// Runs what a case does with an adapter, and cancels it if it takes too long.
///
/// - Throws: ``ConformanceFailure`` that names the case if it was cancelled, or what the body throws.
func withDeadline(
    _ deadline: Duration, of name: String, _ body: @escaping @Sendable () async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: deadline)
            throw ConformanceFailure(
                "Expected the case “\(name)” to end, but after \(deadline) it still waits for something.")
        }
        // Whichever ends first ends the other.
        defer { group.cancelAll() }
        try await group.next()
    }
}
