/// Versions of the SQLite library that users should not run.
enum SQLiteKnownFaults {
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
