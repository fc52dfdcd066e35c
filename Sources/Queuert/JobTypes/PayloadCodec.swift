/// Turns inputs and outputs into the text that is stored, and back.
///
/// The default, ``JSONPayloadCodec``, stores JSON. Write another one to encrypt or compress what is stored, or to store
/// dates in another form. What was stored before it came is still there: let it read both.
///
/// ```swift
/// struct EncryptingCodec: PayloadCodec {
///     let json = JSONPayloadCodec()
///     let key: Key
///
///     func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
///         "enc1:" + (try key.seal(try json.encode(value, as: kind), label: kind.typeName))
///     }
///     func decode<Value: Decodable>(_ type: Value.Type, from text: String, as kind: PayloadKind) throws -> Value {
///         guard text.hasPrefix("enc1:") else { return try json.decode(type, from: text, as: kind) }
///         let opened = try key.open(text.dropFirst(5), label: kind.typeName)
///         return try json.decode(type, from: opened, as: kind)
///     }
/// }
/// ```
///
/// Every value passes through the client's codec, so it is also the place for checks that hold for all types of jobs.
public protocol PayloadCodec: Sendable {
    /// Encodes a value, before anything is written.
    ///
    /// - Parameters:
    ///   - value: The input or output.
    ///   - kind: Whose it is.
    /// - Returns: The text to store.
    /// - Throws: Any error, which the caller gets as a ``JobDataError`` that doesn't show it.
    func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String

    /// Decodes a value that was stored.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - text: The stored text, which may be an older codec's.
    ///   - kind: Whose it is: the same as when it was encoded.
    /// - Returns: The value.
    /// - Throws: Any error, which the caller gets as a ``JobDataError`` that doesn't show it. A job whose input can't be
    ///   decoded is kept, and tried again as after any failure.
    func decode<Value: Decodable>(_ type: Value.Type, from text: String, as kind: PayloadKind) throws -> Value
}

/// Which of a job's values a ``PayloadCodec`` is given.
public struct PayloadKind: Sendable, Hashable {
    /// What a value is to its job.
    ///
    /// There will never be another.
    public enum Role: String, Sendable, Hashable {
        /// What a job is started with.
        case input
        /// What a chain yields.
        case output
    }
    /// What the value is.
    public let role: Role
    /// For an input the name of the job's type; for an output the name of the type that the chain started with, whichever
    /// of its jobs ends it.
    public let typeName: String

    /// Names a value.
    ///
    /// - Parameters:
    ///   - role: What the value is.
    ///   - typeName: The name of the job's type, or for an output of the type that the chain started with.
    public init(_ role: Role, of typeName: String) {
        self.role = role
        self.typeName = typeName
    }
}
