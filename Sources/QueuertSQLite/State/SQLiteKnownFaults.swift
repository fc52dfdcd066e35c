package import Logging

/// Versions of the SQLite library that users should not run.
package enum SQLiteKnownFaults {
    /// Refuses a library that lacks what the queue's tables need, and warns of one that has a known fault.
    ///
    /// - Parameter logger: Where the warning goes.
    /// - Throws: ``SQLiteError`` if the library is too old.
    package static func check(_ logger: Logger) throws {
        try SQLiteHandle.checkVersion()
        warn(logger)
    }

    /// Warns if a version, by default the one that runs, is one of them.
    static func warn(_ logger: Logger, of version: String = SQLitePool.libraryVersion) {
        guard let fault = fault(ofVersion: version) else { return }
        logger.warning("\(fault)", metadata: ["sqlite.version": "\(version)"])
    }

    /// What is wrong with a version; `nil` if nothing is known.
    static func fault(ofVersion version: String) -> String? {
        let parts = version.split(separator: ".").compactMap { Int($0) }
        guard parts.count >= 3, !parts.lexicographicallyPrecedes([3, 7, 0]),
            parts.lexicographicallyPrecedes([3, 51, 3])
        else { return nil }
        // Two earlier series were mended, too.
        if let mended = [44: 6, 50: 7][parts[1]], parts[2] >= mended { return nil }
        return """
            This SQLite library can damage a database in WAL mode when two connections write or checkpoint at the same \
            moment. It is rare; SQLite 3.51.3 fixes it, and so do 3.50.7 and 3.44.6.
            """
    }
}
