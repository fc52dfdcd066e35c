/// JSON that grows from its beginning to its end.
struct PlainJSONText {
    /// An object or an array that is open.
    private struct Level {
        let id: Int
        let isObject: Bool
        var isEmpty = true
        /// A bit for each name that it has: one that is not among them is new.
        var nameBits: UInt64 = 0
        /// Where the first of its names is.
        let firstName: Int
    }

    private(set) var bytes: [UInt8] = []
    private var levels: [Level] = []
    /// Where the names are of the objects that are open.
    private var names: [Range<Int>] = []
    private var lastID = 0
    /// Whether all was plain so far.
    private(set) var isPlain = true

    init() { bytes.reserveCapacity(256) }

    mutating func leave() { isPlain = false }

    // MARK: Values

    /// Where a value begins.
    func beginning() -> PlainJSONBeginning { PlainJSONBeginning(offset: bytes.count, depth: levels.count) }

    /// The value that began there is complete.
    mutating func end(_ beginning: PlainJSONBeginning) {
        // Foundation decides what one that has written nothing is.
        if bytes.count == beginning.offset { leave() }
        close(downTo: beginning.depth)
    }

    /// Whether nothing was written of a value.
    mutating func isNext(_ beginning: PlainJSONBeginning) -> Bool {
        if bytes.count == beginning.offset, levels.count == beginning.depth { return true }
        leave()
        return false
    }

    /// Opens an object or an array as a value, or finds the one that the value has opened before.
    mutating func open(_ beginning: PlainJSONBeginning, isObject: Bool) -> PlainJSONPlace {
        if bytes.count > beginning.offset, levels.count > beginning.depth {
            let level = levels[beginning.depth]
            // An array counts on, which who asks for it again would have to be told.
            if !isObject || !level.isObject { leave() }
            return PlainJSONPlace(depth: beginning.depth, id: level.id)
        }
        guard isNext(beginning) else { return PlainJSONPlace(depth: 0, id: 0) }
        // Nor would it be read.
        if levels.count == PlainJSON.depthLimit { leave() }
        return open(isObject: isObject)
    }

    private mutating func open(isObject: Bool) -> PlainJSONPlace {
        bytes.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        lastID += 1
        levels.append(Level(id: lastID, isObject: isObject, firstName: names.count))
        return PlainJSONPlace(depth: levels.count - 1, id: lastID)
    }

    private mutating func close(downTo depth: Int) {
        while levels.count > depth {
            let level = levels.removeLast()
            bytes.append(level.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
            if names.count > level.firstName { names.removeLast(names.count - level.firstName) }
        }
    }

    // MARK: Members and elements

    /// Goes on with an object or an array, after closing what was opened in it.
    private mutating func goOn(at place: PlainJSONPlace) -> Bool {
        close(downTo: place.depth + 1)
        guard levels.count == place.depth + 1, levels[place.depth].id == place.id else {
            // It is closed already, so its parts don't come one after the other.
            leave()
            return false
        }
        if !levels[place.depth].isEmpty { bytes.append(UInt8(ascii: ",")) }
        levels[place.depth].isEmpty = false
        return true
    }

    /// Begins an element of an array.
    mutating func beginElement(at place: PlainJSONPlace) -> Bool { goOn(at: place) }

    /// Begins a member of an object.
    mutating func beginMember(_ name: String, at place: PlainJSONPlace) -> Bool {
        guard goOn(at: place) else { return false }
        let start = bytes.count
        append(name)
        let range = start..<bytes.count
        bytes.append(UInt8(ascii: ":"))
        guard let bit = bytes.nameBit(range) else {
            leave()
            return false
        }
        if levels[place.depth].nameBits & bit != 0 {
            for other in names[levels[place.depth].firstName...]
            where other.count == range.count && bytes[other] == bytes[range] {
                // Foundation keeps the last one.
                leave()
                return false
            }
        }
        levels[place.depth].nameBits |= bit
        names.append(range)
        return true
    }

    // MARK: Scalars

    mutating func appendNull() { bytes.append(contentsOf: "null".utf8) }

    mutating func append(_ value: Bool) { bytes.append(contentsOf: value ? "true".utf8 : "false".utf8) }

    mutating func append(_ value: some FixedWidthInteger) { bytes.append(contentsOf: String(value).utf8) }

    mutating func append(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
        if !value.isFinite { return leave() }
        let digits = value.description
        bytes.append(contentsOf: digits.hasSuffix(".0") ? digits.utf8.dropLast(2) : digits.utf8[...])
    }

    mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.span.isWithoutEscapes {
            bytes.append(contentsOf: text.utf8)
        } else {
            for byte in text.utf8 {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "\\"))
                case 0..<0x20:
                    guard let letter = PlainJSONEscape.letter(of: byte) else { return leave() }
                    bytes.append(UInt8(ascii: "\\"))
                    bytes.append(letter)
                    continue
                default: break
                }
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// Where a value begins in a text, and how deep.
struct PlainJSONBeginning {
    let offset: Int
    let depth: Int
}

/// An object or an array of a text.
struct PlainJSONPlace {
    let depth: Int
    let id: Int
}

/// The escapes of control characters that are a letter.
enum PlainJSONEscape {
    static func letter(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x08: UInt8(ascii: "b")
        case 0x09: UInt8(ascii: "t")
        case 0x0a: UInt8(ascii: "n")
        case 0x0c: UInt8(ascii: "f")
        case 0x0d: UInt8(ascii: "r")
        default: nil
        }
    }

    static func byte(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "n"): 0x0a
        case UInt8(ascii: "f"): 0x0c
        case UInt8(ascii: "r"): 0x0d
        default: nil
        }
    }
}

extension Span<UInt8> {
    fileprivate var isWithoutEscapes: Bool {
        for index in indices {
            let byte = self[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return false }
        }
        return true
    }
}

extension [UInt8] {
    /// One of 64 bits for a name that stands here: names that differ mostly have others.
    ///
    /// - Returns: The bit; `nil` if the name isn't plain: what is not ASCII may be written in several ways, which Foundation
    ///   takes for one name.
    func nameBit(_ range: Range<Int>) -> UInt64? {
        var (sum, all) = (range.count, UInt8(0))
        for byte in self[range] {
            sum = sum &* 31 &+ Int(byte)
            all |= byte
        }
        return all < 0x80 ? 1 << UInt64(UInt(bitPattern: sum) % 64) : nil
    }
}
