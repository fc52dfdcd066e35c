package import Queuert

/// Ranks the terms, once all files are done.
package enum WriteReport: EntryJobType {
    package static let name = "write-report"

    package struct Input: Codable, Sendable {
        /// How many terms the list has at most.
        package var length: Int
    }

    package typealias Output = IndexSummary
    package typealias Blockers = BlockedByAll<IndexFile>
}

/// The index in numbers.
package struct IndexSummary: Codable, Sendable, Hashable {
    /// How many files are in the index.
    package var indexedFiles: Int
    /// How many files could not be taken in.
    package var skippedFiles: Int
    /// How many different terms there are.
    package var distinctTerms: Int
}
