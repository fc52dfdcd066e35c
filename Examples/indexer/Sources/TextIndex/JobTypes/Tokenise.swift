package import Queuert

/// Counts the terms of a file's text.
package enum Tokenise: JobType {
    package static let name = "tokenise"
    package typealias Input = IndexFile.Input
    package typealias Output = FileOutcome
    package typealias Ending = NeverEnds

    package struct Next: Continuations {
        package let storeTerms = To<StoreTerms>()
        package init() {}
    }
}
