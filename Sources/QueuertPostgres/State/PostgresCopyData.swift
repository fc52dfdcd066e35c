import Queuert

/// Rows in COPY's binary format, with the columns of ``StartStatements/copy``.
struct PostgresCopyData {
    private var bytes: [UInt8]
    private let idType: PostgresIDType

    init(_ idType: PostgresIDType) {
        self.idType = idType
        bytes = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0]
        // Flags and the length of what would extend the header.
        bytes.append(bigEndian: Int64(0))
    }

    /// Adds a job that waits for nothing.
    mutating func add(_ row: JobRow, at now: Timestamp) {
        bytes.append(bigEndian: Int16(15))
        add(row.id)
        add(row.typeName)
        add(row.chainID)
        add(row.chainTypeName)
        add(Int32(clamping: row.chainIndex))
        add(row.input)
        add(row.createdAt.postgresMicroseconds)
        add(row.scheduledAt.postgresMicroseconds)
        add(Int32(clamping: row.priority.rawValue))
        if row.scheduledAt <= now {
            add(Timestamp(microseconds: row.priority.rank(dueAt: row.scheduledAt)).postgresMicroseconds)
        } else {
            bytes.append(bigEndian: Int32(-1))
        }
        add(now.postgresMicroseconds)
        add(row.trace.chainContext)
        add(row.trace.jobContext)
        add(row.trace.carrier)
        add(row.trace.segment)
    }

    /// Adds the mark that ends the rows.
    mutating func end() { bytes.append(bigEndian: Int16(-1)) }

    /// Whether there is enough to send: less would cost a system call for a few rows, and more would let the server wait.
    var isLarge: Bool { bytes.count >= 32 << 10 }

    /// The bytes so far, of which the next ones are the continuation.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func add<Number: FixedWidthInteger>(_ number: Number) {
        bytes.append(bigEndian: Int32(MemoryLayout<Number>.size))
        bytes.append(bigEndian: number)
    }

    private mutating func add(_ text: String?) {
        let place = bytes.count
        bytes.append(bigEndian: Int32(-1))
        guard let text else { return }
        bytes.append(text: text)
        bytes.set(bigEndian: Int32(bytes.count - place - 4), at: place)
    }

    private mutating func add(_ id: JobID) {
        // The identifiers were checked before.
        guard idType == .uuid, let uuid = UUIDBytes(id.rawValue) else { return add(id.rawValue) }
        bytes.append(bigEndian: Int32(16))
        uuid.append(to: &bytes)
    }
}
