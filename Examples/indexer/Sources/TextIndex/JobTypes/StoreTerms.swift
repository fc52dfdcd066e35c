import Queuert

/// Writes a file's terms, which ends its chain.
package enum StoreTerms: JobType {
    package static let name = "store-terms"

    package struct Input: Codable, Sendable {
        /// The file's row in `documents`.
        package var documentID: Int64
        /// How often each term occurs in the file.
        package var counts: [String: Int]
    }

    package typealias Output = FileOutcome
}
