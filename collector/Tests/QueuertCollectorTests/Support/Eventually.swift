import Testing

/// Waits until a condition holds; gives up with the test's time limit, or after ten minutes.
func eventually(
    _ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let end = ContinuousClock.now + .seconds(600)
    while try await !condition() {
        try #require(ContinuousClock.now < end, "it never came to be", sourceLocation: sourceLocation)
        try await Task.sleep(for: .milliseconds(2))
    }
}
