extension MemoryStateOperations {
    /// Pauses types of jobs, or resumes them.
    ///
    /// - Parameters:
    ///   - typeNames: The types.
    ///   - isPaused: Whether jobs of these types are not to be claimed.
    /// - Throws: Never.
    public func setPaused(_ typeNames: [String], to isPaused: Bool) throws {
        let now = now
        for typeName in typeNames where isPaused != (store.paused[typeName] != nil) {
            store.setPaused(typeName, since: isPaused ? now : nil)
        }
    }

    /// Finds the types that are paused.
    ///
    /// - Returns: The types' names and since when they are paused.
    /// - Throws: Never.
    public func pausedTypes() throws -> [String: Timestamp] { store.paused }
}
