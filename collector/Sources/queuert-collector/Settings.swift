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

    /// Reads an option that can be repeated or, if it is missing, a variable with a list.
    ///
    /// - Parameters:
    ///   - options: What the options say.
    ///   - name: The variable's name, without the prefix that all of ours have.
    /// - Returns: The values.
    static func list(_ options: [String], _ name: String) -> [String] {
        guard options.isEmpty else { return options }
        return (text(name) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    /// Reads a switch or, if it is off, a variable.
    ///
    /// - Parameters:
    ///   - isOn: What the switch says.
    ///   - name: The variable's name, without the prefix that all of ours have.
    /// - Returns: Whether it is on.
    /// - Throws: `ValidationError` if the variable is neither true nor false.
    static func flag(_ isOn: Bool, _ name: String) throws -> Bool {
        if isOn { return true }
        let words = ["true": true, "1": true, "false": false, "0": false]
        return try value(nil, name, "true or false") { words[$0] } ?? false
    }

    /// Reads the token: from the file that an option or a variable names, or from a variable of its own.
    ///
    /// - Parameter option: The file that the option names.
    /// - Returns: The token, or `nil` if there is none.
    /// - Throws: `ValidationError` if the file can't be read or is empty.
    static func token(file option: String?) throws -> String? {
        guard let path = option ?? text("TOKEN_FILE") else { return text("TOKEN") }
        guard let content = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ValidationError("The file \(path) with the token can't be read.")
        }
        let token = content.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty else { throw ValidationError("The file \(path) holds no token.") }
        return token
    }

    /// Reads a size.
    ///
    /// - Parameter text: A number, with KB, MB, GB, KiB, MiB or GiB behind it, or nothing for bytes.
    /// - Returns: The number of bytes, or `nil` if it isn't a size.
    static func size(_ text: String) -> Int? {
        let factors = [
            "": 1, "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "kib": 1 << 10, "mib": 1 << 20,
            "gib": 1 << 30,
        ]
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).trimmingCharacters(in: .whitespaces).lowercased()
        guard let number = Double(digits), let factor = factors[unit], number * Double(factor) < 1e18 else {
            return nil
        }
        return Int(number * Double(factor))
    }

    /// Reads a length of time.
    ///
    /// - Parameter text: A number with s, m, h or d behind it.
    /// - Returns: The time, or `nil` if it isn't one.
    static func duration(_ text: String) -> Duration? {
        let factors: [Character: Int] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        guard let unit = text.last, let factor = factors[unit], let number = Int(text.dropLast()), number >= 0,
            number <= 100_000_000
        else { return nil }
        return .seconds(number * factor)
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
