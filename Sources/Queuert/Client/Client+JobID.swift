extension Client {
    /// The identifier of a job to be written.
    ///
    /// - Parameter chosen: What the caller chose, if anything.
    /// - Returns: That, or a new one.
    /// - Throws: ``InvalidJobIDError``.
    func jobID(_ chosen: JobID? = nil) throws -> JobID {
        let id = chosen ?? identifiers.makeJobID(at: clock.now)
        guard identifiers.isValid(id) else {
            throw InvalidJobIDError(id: id, source: chosen == nil ? .generator : .caller)
        }
        return id
    }
}
