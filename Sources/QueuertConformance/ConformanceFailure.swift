/// What an adapter did that a ``ConformanceCase`` does not allow.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    /// What was expected and what happened, as a sentence.
    public let sentence: String

    init(_ sentence: String) { self.sentence = sentence }

    /// What was expected and what happened.
    public var description: String { sentence }
}

/// Fails unless a condition holds.
func expect(_ condition: Bool, _ expectation: String) throws {
    if !condition { throw ConformanceFailure("Expected that \(expectation), but that is not so.") }
}

/// Fails unless a value is as expected.
func expect<Value: Equatable>(_ actual: Value, equals expected: Value, _ what: String) throws {
    if actual != expected {
        throw ConformanceFailure("Expected \(what) to be \(expected), but it is \(actual).")
    }
}

/// Fails unless a text is as expected, byte for byte: two texts that differ in form only are equal to `==`.
func expect(_ actual: String?, hasBytesOf expected: String?, _ what: String) throws {
    guard actual.map({ Array($0.utf8) }) != expected.map({ Array($0.utf8) }) else { return }
    let lengths = "\(expected?.utf8.count ?? 0) and \(actual?.utf8.count ?? 0) bytes"
    throw ConformanceFailure(
        "Expected \(what) to come back byte for byte (\(lengths)): \(String(reflecting: expected?.prefix(80))) "
            + "came back as \(String(reflecting: actual?.prefix(80))).")
}

/// Fails unless there is a value.
func require<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw ConformanceFailure("Expected \(what), but there is none.") }
    return value
}

/// Fails unless the body throws an error of a type.
func expectError<Failure: Error>(
    _: Failure.Type, _ what: String, from body: () async throws -> Void
) async throws -> Failure {
    do {
        try await body()
    } catch let error as Failure {
        return error
    } catch {
        throw ConformanceFailure(
            "Expected \(what) to throw \(Failure.self), but it threw \(String(reflecting: error)).")
    }
    throw ConformanceFailure("Expected \(what) to throw \(Failure.self), but it threw nothing.")
}
