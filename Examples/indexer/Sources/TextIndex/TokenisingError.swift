/// A failure that was asked for, so that one sees what a retry looks like.
package struct TokenisingError: Error, Sendable, CustomStringConvertible {
    /// The file, as a path inside the folder.
    package let file: String
    /// The attempt that failed.
    package let attempt: Int
    /// How many attempts fail.
    package let failures: Int

    /// What was wrong and what happens next.
    package var description: String {
        "\(file) was made to fail \(failures) times, and this is attempt \(attempt). Wait: it is tried again."
    }
}
