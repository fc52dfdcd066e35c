public import Queuert

/// The queue's statements on a PostgreSQL connection.
///
/// Each is one call of a function in the database, and so one round trip, or a few where that is rare.
public struct PostgresStateOperations: StateOperations {
    private let open: PostgresSession?
    let statements: PostgresStatements
    private let clock: (any QueueClock)?

    init(session: PostgresSession?, statements: PostgresStatements, clock: (any QueueClock)?) {
        open = session
        self.statements = statements
        self.clock = clock
    }

    /// Fails when the connection was closed meanwhile.
    var session: PostgresSession {
        get throws {
            guard let open else { throw PostgresError.closed }
            return open
        }
    }

    var idType: PostgresIDType { statements.tables.idType }

    /// Parameters that begin with the time, which is the server's unless a test has its own.
    func parametersWithTime() -> PostgresParameters {
        var parameters = PostgresParameters()
        if let clock { parameters.add(clock.now) } else { parameters.addNull(.time) }
        return parameters
    }
}

extension PostgresParameters {
    mutating func add(_ moment: Timestamp?) {
        guard let moment else { return addNull(.time) }
        add(.time) { $0.append(bigEndian: moment.postgresMicroseconds) }
    }

    mutating func add(_ texts: some Collection<String?>) {
        add(.textArray, of: .text, texts) { bytes, text in
            guard let text else { return false }
            bytes.append(text: text)
            return true
        }
    }

    mutating func add(_ numbers: some Collection<Int32>) {
        add(.int32Array, of: .int32, numbers) { bytes, number in
            bytes.append(bigEndian: number)
            return true
        }
    }

    mutating func add(_ numbers: some Collection<Int64?>) {
        add(.int64Array, of: .int64, numbers) { bytes, number in
            guard let number else { return false }
            bytes.append(bigEndian: number)
            return true
        }
    }

    mutating func add(_ values: some Collection<Bool>) {
        add(.boolArray, of: .bool, values) { bytes, value in
            bytes.append(value ? 1 : 0)
            return true
        }
    }

    mutating func add(_ moments: some Collection<Timestamp?>) {
        add(.timeArray, of: .time, moments) { bytes, moment in
            guard let moment else { return false }
            bytes.append(bigEndian: moment.postgresMicroseconds)
            return true
        }
    }

    // MARK: Identifiers

    /// One that is looked for; NULL, which nothing has, if it is none of the type.
    mutating func add(lookedFor id: JobID, _ type: PostgresIDType) {
        switch type {
        case .text: add(id.rawValue)
        case .uuid:
            guard let uuid = UUIDBytes(id.rawValue) else { return addNull(.uuid) }
            add(.uuid) { uuid.append(to: &$0) }
        }
    }

    /// Some that are looked for; those that are none of the type are NULL.
    mutating func add(lookedFor ids: some Collection<JobID>, _ type: PostgresIDType) {
        switch type {
        case .text: add(ids.map { Optional($0.rawValue) })
        case .uuid:
            add(.uuidArray, of: .uuid, ids) { bytes, id in
                guard let uuid = UUIDBytes(id.rawValue) else { return false }
                uuid.append(to: &bytes)
                return true
            }
        }
    }
}

extension PostgresIDType {
    /// Refuses an identifier that can't be stored.
    func check(_ id: JobID) throws {
        if self == .uuid, UUIDBytes(id.rawValue) == nil { throw InvalidJobIDError(id: id, source: .caller) }
    }
}

extension Timestamp {
    /// PostgreSQL's calendar ends in the year 294276.
    private static let latest: Int64 = 9_223_371_331_199_000_000 - 86_400_000_000
    /// What PostgreSQL counts from the year 2000, within what it can hold.
    var postgresMicroseconds: Int64 {
        let (value, overflow) = microseconds.subtractingReportingOverflow(PostgresTime.epoch)
        return overflow ? -211_813_488_000_000_000 : max(-211_813_488_000_000_000, min(value, Self.latest))
    }

    init(postgresMicroseconds: Int64) {
        let (value, overflow) = postgresMicroseconds.addingReportingOverflow(PostgresTime.epoch)
        self.init(microseconds: overflow ? .max : value)
    }
}

extension Duration {
    /// Microseconds, up to what can be added to any moment of PostgreSQL's calendar: ninety thousand years.
    var postgresMicroseconds: Int64 {
        min(max(wholeMicroseconds, -2_800_000_000_000_000_000), 2_800_000_000_000_000_000)
    }
}

/// The sixteen bytes of a UUID that is written as PostgreSQL writes it: 36 characters in lower case.
///
/// Others of the same value are refused, since they would come back in another form.
struct UUIDBytes {
    private let high: UInt64
    private let low: UInt64

    init?(_ text: String) {
        var text = text
        let parsed = text.withUTF8 { utf8 -> (UInt64, UInt64)? in
            guard utf8.count == 36 else { return nil }
            var (high, low): (UInt64, UInt64) = (0, 0)
            for (index, byte) in utf8.enumerated() {
                if index == 8 || index == 13 || index == 18 || index == 23 {
                    guard byte == UInt8(ascii: "-") else { return nil }
                    continue
                }
                let digit: UInt8
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
                default: return nil
                }
                high = high << 4 | low >> 60
                low = low << 4 | UInt64(digit)
            }
            return (high, low)
        }
        guard let parsed else { return nil }
        (high, low) = parsed
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: high)
        bytes.append(bigEndian: low)
    }

    /// The text of sixteen bytes.
    static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: 36) { text in
            var place = 0
            for (index, byte) in bytes.prefix(16).enumerated() {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    text[place] = UInt8(ascii: "-")
                    place += 1
                }
                text[place] = digit(byte >> 4)
                text[place + 1] = digit(byte & 15)
                place += 2
            }
            return place
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
