/// The types of parameters that the state adapter's statements have, by PostgreSQL's numbers.
enum PostgresType: UInt32 {
    case unknown = 0
    case bool = 16
    case bytes = 17
    case int64 = 20
    case int32 = 23
    case text = 25
    case time = 1184
    case uuid = 2950
    case boolArray = 1000
    case int32Array = 1007
    case textArray = 1009
    case int64Array = 1016
    case timeArray = 1185
    case uuidArray = 2951
}

/// The parameters of a statement in the form in which libpq takes them: one run of bytes, and where each begins.
struct PostgresParameters {
    private(set) var types: [UInt32] = []
    private(set) var formats: [Int32] = []
    private(set) var lengths: [Int32] = []
    /// Where each value begins; `nil` for NULL.
    private var offsets: [Int?] = []
    private var bytes: [UInt8] = []

    var count: Int { types.count }
    /// How long the values are together.
    var byteCount: Int { bytes.count }

    /// How many parameters a statement may have: the protocol counts them with 16 bits.
    private static let limit = 65_535

    /// Takes the values of a user's statement: text whose type the server finds out, or bytes.
    ///
    /// - Throws: ``PostgresError`` if there are too many, or if a text holds NUL, at which libpq would cut it off.
    init(_ values: [(any PostgresBindable)?]) throws {
        guard values.count <= Self.limit else {
            throw PostgresError(
                code: .wrongParameters, reason: "a statement was given more than \(Self.limit) parameters",
                hint: "Pass arrays, and make rows of them with `unnest`.")
        }
        for value in values {
            switch value?.postgresValue ?? .null {
            case .null: addNull(.unknown)
            case .text(let text):
                guard !text.utf8.contains(0) else {
                    throw PostgresError(
                        code: .wrongParameters, reason: "a text holds the character NUL, which PostgreSQL can't store",
                        hint: "Leave the character out, or pass bytes as `Data` for a `bytea`.")
                }
                begin(.unknown, format: 0)
                bytes.append(contentsOf: text.utf8)
                end()
                bytes.append(0)
            case .bytes(let value):
                begin(.bytes, format: 1)
                bytes.append(contentsOf: value)
                end()
            }
        }
    }

    init() {}

    private mutating func begin(_ type: PostgresType, format: Int32 = 1) {
        append(type, format: format, at: bytes.count)
    }

    private mutating func append(_ type: PostgresType, format: Int32, at offset: Int?) {
        if types.isEmpty { reserve() }
        types.append(type.rawValue)
        formats.append(format)
        offsets.append(offset)
        lengths.append(0)
    }

    /// Makes room for what most statements have: to grow in steps would cost as much as all the rest.
    private mutating func reserve() {
        types.reserveCapacity(16)
        formats.reserveCapacity(16)
        offsets.reserveCapacity(16)
        lengths.reserveCapacity(16)
        bytes.reserveCapacity(512)
    }

    private mutating func end() {
        if let start = offsets[offsets.count - 1] { lengths[lengths.count - 1] = Int32(bytes.count - start) }
    }

    mutating func addNull(_ type: PostgresType) { append(type, format: 1, at: nil) }

    mutating func add(_ value: Int64) {
        begin(.int64)
        bytes.append(bigEndian: value)
        end()
    }

    mutating func add(_ value: Int32) {
        begin(.int32)
        bytes.append(bigEndian: value)
        end()
    }

    mutating func add(_ value: Bool) {
        begin(.bool)
        bytes.append(value ? 1 : 0)
        end()
    }

    mutating func add(_ text: String?) {
        guard let text else { return addNull(.text) }
        begin(.text)
        bytes.append(text: text)
        end()
    }

    /// A value whose bytes the caller writes.
    mutating func add(_ type: PostgresType, _ write: (inout [UInt8]) -> Void) {
        begin(type)
        write(&bytes)
        end()
    }

    /// An array, whose elements the caller writes; `nil` is NULL.
    mutating func add<Element>(
        _ type: PostgresType, of elementType: PostgresType, _ elements: some Collection<Element>,
        _ write: (inout [UInt8], Element) -> Bool
    ) {
        begin(type)
        bytes.append(bigEndian: Int32(elements.isEmpty ? 0 : 1))
        // Whether there are NULLs; the server looks for itself.
        bytes.append(bigEndian: Int32(1))
        bytes.append(bigEndian: Int32(bitPattern: elementType.rawValue))
        if !elements.isEmpty {
            bytes.append(bigEndian: Int32(elements.count))
            bytes.append(bigEndian: Int32(1))
        }
        for element in elements {
            let place = bytes.count
            bytes.append(bigEndian: Int32(-1))
            if write(&bytes, element) { bytes.set(bigEndian: Int32(bytes.count - place - 4), at: place) }
        }
        end()
    }

    /// Hands out what libpq takes.
    func withPointers<R>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
        if offsets.isEmpty { return body(nil) }
        return bytes.withUnsafeBytes { buffer in
            // An empty run of bytes has no address, and a null pointer would be NULL.
            withUnsafePointer(to: 0 as CChar) { empty in
                let pointers = offsets.map { offset -> UnsafePointer<CChar>? in
                    guard let offset else { return nil }
                    guard let base = buffer.baseAddress else { return empty }
                    return (base + offset).assumingMemoryBound(to: CChar.self)
                }
                return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
            }
        }
    }
}

extension [UInt8] {
    mutating func append<Number: FixedWidthInteger>(bigEndian value: Number) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }

    mutating func set(bigEndian value: Int32, at place: Int) {
        withUnsafeMutableBytes { $0.storeBytes(of: value.bigEndian, toByteOffset: place, as: Int32.self) }
    }

    /// Appends text, of which PostgreSQL keeps everything but NUL: that is written as two characters.
    ///
    /// SUB, which introduces them, is doubled where it stands for itself.
    mutating func append(text: String) {
        var text = text
        text.withUTF8 { utf8 in
            if utf8.contains(where: { $0 == 0 || $0 == PostgresText.escape }) {
                for byte in utf8 {
                    if byte == 0 {
                        append(PostgresText.escape)
                        append(PostgresText.nul)
                    } else {
                        if byte == PostgresText.escape { append(byte) }
                        append(byte)
                    }
                }
            } else {
                append(contentsOf: utf8)
            }
        }
    }
}

/// How text is stored that PostgreSQL can't hold.
enum PostgresText {
    static let escape: UInt8 = 0x1a
    static let nul = UInt8(ascii: "0")

    /// The text of what is stored.
    static func decoded(_ stored: UnsafeBufferPointer<UInt8>) -> String {
        guard stored.contains(escape) else { return String(decoding: stored, as: UTF8.self) }
        var bytes: [UInt8] = []
        var index = stored.startIndex
        while index < stored.endIndex {
            if stored[index] == escape, index + 1 < stored.endIndex {
                index += 1
                bytes.append(stored[index] == nul ? 0 : stored[index])
            } else {
                bytes.append(stored[index])
            }
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
