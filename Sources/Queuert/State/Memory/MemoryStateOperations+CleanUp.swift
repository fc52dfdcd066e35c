extension MemoryStateOperations {
    /// Deletes chains that ended long ago, as far as no job that has not ended waited for them.
    ///
    /// - Parameter request: Which chains, and how many at once.
    /// - Returns: How many were deleted, and where to go on.
    /// - Throws: ``InvalidCursorError``.
    public func cleanUp(_ request: CleanupRequest) throws -> CleanupResult {
        let now = now
        let endedBefore = now + (.zero - request.olderThan)
        // A chain that ended by then was created by then.
        let list = MemoryList(
            kind: .chains, createdBefore: endedBefore + .microseconds(1), after: request.after,
            limit: request.limit)
        let page = try list.page(of: store.indexes.chains.lists(ofTypes: request.chainTypeNames)) { $0 }
        var result = CleanupResult(deleted: 0, kept: 0, next: page.next)
        for id in page.items {
            guard let last = lastJob(ofChain: id), request.statuses.contains(last.status(at: now)),
                let endedAt = last.completedAt ?? last.cancelledAt ?? last.failedAt, endedAt <= endedBefore
            else { continue }
            if isNeeded(id) {
                result.kept += 1
            } else {
                delete(id)
                result.deleted += 1
            }
        }
        return result
    }
}
