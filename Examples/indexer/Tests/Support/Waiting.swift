import Testing

/// Waits until another process has come so far.
///
/// It can't tell us, so we look again and again; how often has no influence on what the test finds. A process that ends
/// instead fails the test.
func waitUntil(
    _ process: IndexerProcess, _ condition: () async throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    while try await !condition() {
        guard process.isRunning else {
            let ending = try await process.end()
            Issue.record("the program ended too early: \(ending)", sourceLocation: sourceLocation)
            throw CancellationError()
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
