/// A database that can't be opened, or that refuses to read or write.
package struct StoreError: Error, Sendable, CustomStringConvertible {
    /// The kind of trouble.
    package enum Code: String, Sendable {
        /// The disk, or the database's own limit, is full.
        case full
        /// Another process holds the database.
        case locked
        /// The database, or its folder, may not be written.
        case readOnly
        /// The file can't be opened.
        case cannotOpen
        /// The file isn't a database, or is damaged.
        case notADatabase
        /// The database was made by a newer collector.
        case newerSchema
        /// The database holds the tables of another program.
        case otherTables
        /// The disk failed to read or write.
        case inputOutput
        /// Anything else.
        case other
    }

    /// The kind of trouble.
    package let code: Code
    /// The database's path.
    package let path: String
    /// What the database said, for developers; may be empty.
    package let detail: String

    /// A sentence that says what is wrong.
    package var message: String {
        switch code {
        case .full: "the disk that holds the database \(path) is full"
        case .locked: "another process holds the database \(path)"
        case .readOnly: "the database \(path) can't be written"
        case .cannotOpen: "the database \(path) can't be opened"
        case .notADatabase: "the file \(path) isn't a SQLite database, or is damaged"
        case .newerSchema: "the database \(path) was made by a newer version of the collector"
        case .otherTables: "the database \(path) holds the tables of another program"
        case .inputOutput: "the disk that holds the database \(path) failed"
        case .other: "the database \(path) refused"
        }
    }

    /// A sentence that says what to do.
    package var hint: String {
        switch code {
        case .full: "Free some space, or delete the stored traces with DELETE /api/traces."
        case .locked: "Close the other program, or give each collector a database of its own with --database."
        case .readOnly, .cannotOpen:
            "Check that the folder exists and may be written, or choose another with --database."
        case .notADatabase: "Choose another file with --database, or delete this one."
        case .newerSchema: "Use that version, or choose another file with --database."
        case .otherTables: "Choose another file with --database; one that doesn't exist is made."
        case .inputOutput: "Check the disk, or choose another with --database."
        case .other: "The log of the collector says more."
        }
    }

    /// The message, what the database said, and the hint.
    package var description: String {
        detail.isEmpty ? "\(message). \(hint)" : "\(message) (\(detail)). \(hint)"
    }
}
