package import Queuert

/// Takes one file into the index.
///
/// A chain of three jobs: this one reads the file, ``Tokenise`` counts its terms and ``StoreTerms`` writes them.
package enum IndexFile: EntryJobType {
    package static let name = "index-file"

    package struct Input: Codable, Sendable {
        /// The file's row in `documents`, which holds its path.
        package var documentID: Int64
        /// How often the work on the file is to fail before it succeeds.
        package var failures: Int
    }

    package typealias Output = FileOutcome

    package struct Next: Continuations {
        package let tokenise = To<Tokenise>()
        package init() {}
    }
}

/// What became of a file.
package enum FileOutcome: Codable, Sendable, Hashable {
    /// It is in the index.
    case indexed(distinctTerms: Int)
    /// It could not be taken in.
    case skipped(SkipReason)
}
