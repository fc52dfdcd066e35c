import ArgumentParser
import Foundation

/// What the environment says.
enum Settings {
    /// Reads a variable.
    ///
    /// - Parameter name: The variable's name, without the prefix that all of ours have.
    /// - Returns: The value, or `nil` if it is missing or empty.
    static func text(_ name: String) -> String? {
        ProcessInfo.processInfo.environment["QUEUERT_COLLECTOR_\(name)"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads an option or, if it is missing, a variable.
    ///
    /// - Parameters:
    ///   - option: What the option says.
    ///   - name: The variable's name, without the prefix that all of ours have.
    ///   - kind: What it is, for the error.
    ///   - parse: Makes a value of the text.
    /// - Returns: The value, or `nil` if neither says anything.
    /// - Throws: `ValidationError` if the text can't be understood.
    static func value<Value>(
        _ option: String?, _ name: String, _ kind: String, _ parse: (String) -> Value?
    ) throws -> Value? {
        guard let text = option ?? text(name) else { return nil }
        guard let value = parse(text) else { throw ValidationError("'\(text)' isn't \(kind).") }
        return value
    }

    /// Reads a port.
    ///
    /// - Parameter text: The port's number.
    /// - Returns: The number, or `nil` if it isn't a port's.
    static func port(_ text: String) -> Int? { Int(text).flatMap { (0...65535).contains($0) ? $0 : nil } }
}

/// The end of the program with a sentence about what was wrong.
enum Failure {
    /// Ends the command with status 1.
    ///
    /// - Parameter sentence: What was wrong and what to do.
    /// - Throws: `ExitCode`, always.
    static func exit(_ sentence: String) throws {
        FileHandle.standardError.write(Data("queuert-collector: \(sentence)\n".utf8))
        throw ExitCode.failure
    }
}
