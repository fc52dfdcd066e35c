/// A setting that could not be used as it is, so that a default or another setting holds.
///
/// A wrong setting never stops a service. Log the warnings, once.
public struct ConfigurationWarning: Hashable, Sendable, CustomStringConvertible {
    /// The environment variable, or the property of ``EnvironmentConfiguration`` if code has set it.
    public let variable: String
    /// What is wrong with it.
    ///
    /// Values of headers are never part of it.
    public let sentence: String
    /// What to do.
    public let hint: String

    /// Makes a warning.
    ///
    /// - Parameters:
    ///   - variable: The environment variable, or the property of ``EnvironmentConfiguration`` if code has set it.
    ///   - sentence: What is wrong with it.
    ///   - hint: What to do.
    public init(variable: String, sentence: String, hint: String) {
        self.variable = variable
        self.sentence = sentence
        self.hint = hint
    }

    /// The warning as one line.
    public var description: String { "\(variable): \(sentence) \(hint)" }
}
