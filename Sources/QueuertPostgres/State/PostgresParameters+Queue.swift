import Queuert

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
    /// What no identifier comes before.
    var lowest: JobID { JobID(rawValue: self == .uuid ? "00000000-0000-0000-0000-000000000000" : "") }

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
