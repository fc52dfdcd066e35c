/// Looks at attributes and values.
enum ValueScanner {
    private static let serviceKey = Array("service.name".utf8)

    /// Looks at a resource.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - range: Where its message is.
    ///   - cost: What the request has cost so far.
    /// - Returns: Where the service's name is, as far as it is stored.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func readResource(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ cost: inout ScanCost
    ) throws(OTLPDecodingError) -> Range<Int>? {
        var service: Range<Int>?
        try readMessage(bytes, range, attributes: 1, &cost) { key, value in
            if service == nil, isEqual(bytes, key, serviceKey) { service = value.text }
        }
        guard let whole = service else { return nil }
        return ServiceName.stored(bytes, whole)
    }

    /// Looks at a message that has attributes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - range: Where the message is.
    ///   - attributes: The number of its field for attributes.
    ///   - cost: What the request has cost so far.
    ///   - body: Called with each attribute.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func readMessage(
        _ bytes: Span<UInt8>, _ range: Range<Int>, attributes: UInt32, _ cost: inout ScanCost,
        _ body: (Range<Int>, ScannedValue) -> Void = { _, _ in }
    ) throws(OTLPDecodingError) {
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            if field.number == attributes, field.wireType == 2 {
                try cost.countMessage()
                let (key, value) = try attribute(bytes, reader.content(bytes), depth: 1, &cost)
                body(key, value)
            } else {
                if field.number > 16 { try cost.countUnknown() }
                try reader.skip(field, bytes)
            }
        }
    }

    /// Reads an attribute.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - range: Where its message is.
    ///   - depth: How many values are around the attribute's, itself included.
    ///   - cost: What the request has cost so far.
    /// - Returns: Where the name is, and the value.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func attribute(
        _ bytes: Span<UInt8>, _ range: Range<Int>, depth: Int, _ cost: inout ScanCost
    ) throws(OTLPDecodingError) -> (key: Range<Int>, value: ScannedValue) {
        var key = 0..<0
        var value = ScannedValue.other
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): key = try reader.content(bytes)
            case (2, 2):
                try cost.countMessage()
                value = try Self.value(bytes, reader.content(bytes), depth: depth, &cost)
            default:
                try cost.countUnknown()
                try reader.skip(field, bytes)
            }
        }
        return (key, value)
    }

    /// Reads a value; calls itself for values inside, which the depth bounds.
    private static func value(
        _ bytes: Span<UInt8>, _ range: Range<Int>, depth: Int, _ cost: inout ScanCost
    ) throws(OTLPDecodingError) -> ScannedValue {
        guard depth <= OTLPLimits.valueDepth else { throw .tooDeep }
        var value = ScannedValue.other
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): value = .text(try reader.content(bytes))
            case (2, 0): value = .truth(try reader.varint(bytes) != 0)
            case (3, 0): value = .number(Int64(bitPattern: try reader.varint(bytes)))
            case (5, 2), (6, 2):
                try cost.countMessage()
                value = .other
                try values(bytes, reader.content(bytes), areNamed: field.number == 6, depth: depth, &cost)
            case (4, 1), (7, 2):
                value = .other
                try reader.skip(field, bytes)
            default:
                try cost.countUnknown()
                try reader.skip(field, bytes)
            }
        }
        return value
    }

    private static func values(
        _ bytes: Span<UInt8>, _ range: Range<Int>, areNamed: Bool, depth: Int, _ cost: inout ScanCost
    ) throws(OTLPDecodingError) {
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            guard field.number == 1, field.wireType == 2 else {
                try cost.countUnknown()
                try reader.skip(field, bytes)
                continue
            }
            try cost.countMessage()
            let inner = try reader.content(bytes)
            if areNamed {
                _ = try attribute(bytes, inner, depth: depth + 1, &cost)
            } else {
                _ = try value(bytes, inner, depth: depth + 1, &cost)
            }
        }
    }

    /// Compares a part of the bytes with text.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - range: The part.
    ///   - text: The text.
    /// - Returns: Whether they are the same.
    static func isEqual(_ bytes: Span<UInt8>, _ range: Range<Int>, _ text: [UInt8]) -> Bool {
        guard range.count == text.count else { return false }
        for (offset, byte) in text.enumerated() where bytes[range.lowerBound + offset] != byte { return false }
        return true
    }
}

/// A value, as far as a search needs it.
enum ScannedValue {
    /// Text.
    case text(Range<Int>)
    /// A whole number.
    case number(Int64)
    /// A truth value.
    case truth(Bool)
    /// Anything else.
    case other

    /// Where the text is, if it is text.
    var text: Range<Int>? {
        if case .text(let range) = self { range } else { nil }
    }
}

/// Reads the attributes of one span: what it is found by, its chain and its job.
struct SpanAttributeScanner {
    private static let chainKeys = SpanAttributes.chainKeys.map { Array($0.utf8) }
    private static let jobKeys = SpanAttributes.jobKeys.map { Array($0.utf8) }

    private var chainRank = Int.max
    private var jobRank = Int.max
    private var position = 0
    /// Where the chain's id is.
    private(set) var chain: Range<Int>?
    /// Where the job's id is.
    private(set) var job: Range<Int>?

    /// Reads an attribute.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - range: Where its message is.
    ///   - cost: What the request has cost so far.
    ///   - words: Takes its name.
    /// - Returns: The hash that the span is found by, if it is found by the attribute.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    mutating func read(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ cost: inout ScanCost, _ words: inout WordCollector
    ) throws(OTLPDecodingError) -> Int64? {
        let (key, value) = try ValueScanner.attribute(bytes, range, depth: 1, &cost)
        words.addKey(bytes, key, at: position)
        position += 1
        var hasher = SearchTerm.TermHasher(.attribute)
        hasher.add(bytes, key)
        switch value {
        case .text(let text):
            guard text.count <= SearchTerm.valueLimit else { return nil }
            if let rank = Self.rank(bytes, key, Self.chainKeys) {
                if rank < chainRank { (chainRank, chain) = (rank, text) }
                hasher = .init(.chain)
            } else if let rank = Self.rank(bytes, key, Self.jobKeys) {
                if rank < jobRank { (jobRank, job) = (rank, text) }
                hasher = .init(.job)
            }
            hasher.add(bytes, text)
        case .number(let number): hasher.add(String(number))
        case .truth(let truth): hasher.add(truth ? "true" : "false")
        case .other: return nil
        }
        return hasher.hash
    }

    private static func rank(_ bytes: Span<UInt8>, _ key: Range<Int>, _ keys: [[UInt8]]) -> Int? {
        for (rank, candidate) in keys.enumerated() where ValueScanner.isEqual(bytes, key, candidate) { return rank }
        return nil
    }
}

/// Collects the names that occur in a request, each once.
struct WordCollector {
    private struct Key: Hashable {
        let kind: TraceBatch.Word.Kind
        let hash: Int64
    }
    private var seen: Set<Key> = []
    /// The hash of the attribute that was at each place in the span before, which is most often the same.
    private var last: [Int64] = []
    /// The names.
    private(set) var words: [TraceBatch.Word] = []

    /// Adds a name.
    ///
    /// - Parameters:
    ///   - kind: What it names.
    ///   - bytes: The bytes.
    ///   - range: Where it is.
    mutating func add(_ kind: TraceBatch.Word.Kind, _ bytes: Span<UInt8>, _ range: Range<Int>) {
        add(kind, hash: Self.hash(bytes, range), range)
    }

    /// Adds an attribute's name.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - range: Where it is.
    ///   - position: Which of its span's attributes it names.
    mutating func addKey(_ bytes: Span<UInt8>, _ range: Range<Int>, at position: Int) {
        let hash = Self.hash(bytes, range)
        if position < last.count {
            if last[position] == hash { return }
            last[position] = hash
        } else if position == last.count {
            last.append(hash)
        }
        add(.key, hash: hash, range)
    }

    private mutating func add(_ kind: TraceBatch.Word.Kind, hash: Int64, _ range: Range<Int>) {
        guard range.count <= SearchTerm.valueLimit, seen.insert(.init(kind: kind, hash: hash)).inserted else { return }
        words.append(.init(kind: kind, text: range))
    }

    private static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64 {
        var hasher = SearchTerm.TermHasher(.name)
        hasher.add(bytes, range)
        return hasher.hash
    }
}
