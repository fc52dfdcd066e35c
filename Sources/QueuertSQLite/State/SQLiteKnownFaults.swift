package import Logging

/// Versions of the SQLite library that users should not run.
package enum SQLiteKnownFaults {
    /// Refuses a library that lacks what the queue's tables need.
    ///
    /// - Throws: ``SQLiteError``.
    package static func checkVersion() throws { try SQLiteHandle.checkVersion() }

    /// Warns if the library that runs is one of them.
    package static func warn(_ logger: Logger) {
        guard let fault = fault(ofVersion: SQLitePool.libraryVersion) else { return }
        logger.warning("\(fault)", metadata: ["sqlite.version": "\(SQLitePool.libraryVersion)"])
    }

    /// What is wrong with a version; `nil` if nothing is known.
    static func fault(ofVersion version: String) -> String? {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count == 3, parts.lexicographicallyPrecedes([3, 51, 3]),
            !parts.lexicographicallyPrecedes([3, 7, 0])
        else { return nil }
        return """
            This SQLite library can damage a database in WAL mode when two connections write or checkpoint at the same \
            moment. It is rare; SQLite 3.51.3 fixes it.
            """
    }
}
