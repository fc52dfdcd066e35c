/// Writes a protobuf message from its end to its beginning.
///
/// A nested message stands behind its length, which is known once its content is written. Backwards, content comes first,
/// so nothing is measured beforehand and nothing is moved. Write a message's fields from the last to the first, and the
/// elements of an array too.
///
/// As proto3 has it, a field that holds its type's zero is left out; in a `oneof`, and in an array, it is not. The methods
/// for those are named so.
struct ProtobufWriter: ~Copyable {
    /// Owned from the initialiser to the deinitialiser; `position..<capacity` is what is written.
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var position: Int

    private enum Wire {
        static let varint = 0
        static let fixed64 = 1
        static let bytes = 2
        static let fixed32 = 5
    }

    /// How long a message can be whose length is one byte.
    private static var maximumTextPair: Int { 0x7f }

    /// Makes a writer with room for so many bytes; it grows when they are used up.
    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        position = self.capacity
        memory = .allocate(byteCount: self.capacity, alignment: 8)
    }

    deinit { memory.deallocate() }

    /// How many bytes are written.
    var count: Int { capacity - position }

    /// What is written.
    consuming func bytes() -> [UInt8] {
        let count = count
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            if let target = buffer.baseAddress {
                UnsafeMutableRawPointer(target).copyMemory(from: memory + position, byteCount: count)
            }
            initialized = count
        }
    }

    // MARK: Fields

    /// A nested message, written even if it is empty.
    @inline(__always)
    mutating func message(_ field: Int, _ content: (inout ProtobufWriter) -> Void) {
        let end = count
        content(&self)
        head(field, byteCount: count - end)
    }

    /// Bytes that are encoded already, written even if there are none.
    mutating func encoded(_ field: Int, _ bytes: [UInt8]) {
        raw(bytes)
        head(field, byteCount: bytes.count)
    }

    /// Bytes that are fields themselves, as a message's other fields are.
    mutating func raw(_ bytes: [UInt8]) {
        reserve(bytes.count)
        position -= bytes.count
        bytes.withUnsafeBytes { source in
            if let start = source.baseAddress { (memory + position).copyMemory(from: start, byteCount: source.count) }
        }
    }

    /// Text, left out if there is none.
    @inline(__always)
    mutating func string(_ field: Int, _ text: String) {
        if !text.isEmpty { anyString(field, text) }
    }

    /// Text, in a `oneof` or an array.
    @inline(__always)
    mutating func anyString(_ field: Int, _ text: String) {
        let end = count
        self.text(text)
        head(field, byteCount: count - end)
    }

    /// Makes room for a `KeyValue` that can be written in one piece.
    @inline(__always)
    mutating func reserveTextPair() { reserve(Self.maximumTextPair + 2) }

    /// A `KeyValue` whose value is text, as nearly all attributes are: in one piece, since its lengths are known beforehand.
    ///
    /// There must be room for it: call ``reserveTextPair()`` before.
    ///
    /// - Returns: Whether it was written; not if it is long, or one of its texts is empty, has a zero byte or is not in one
    ///   piece in memory.
    @inline(__always)
    mutating func textPair(_ field: Int, _ key: String, _ text: String) -> Bool {
        key.utf8.withContiguousStorageIfAvailable { key in
            text.utf8.withContiguousStorageIfAvailable { text in pushPair(field, key, text) } ?? false
        } ?? false
    }

    /// A whole number, left out if it is zero; negative ones are given as their bits.
    mutating func varint(_ field: Int, _ value: UInt64) {
        if value != 0 { anyVarint(field, value) }
    }

    /// A whole number, in a `oneof`.
    mutating func anyVarint(_ field: Int, _ value: UInt64) {
        reserve(20)
        pushVarint(value)
        pushTag(field, Wire.varint)
    }

    /// Eight bytes, left out if they are zero.
    mutating func fixed64(_ field: Int, _ value: UInt64) {
        if value != 0 { anyFixed64(field, value) }
    }

    /// Eight bytes, in a `oneof`.
    mutating func anyFixed64(_ field: Int, _ value: UInt64) {
        reserve(20)
        push(value)
        pushTag(field, Wire.fixed64)
    }

    /// Four bytes, left out if they are zero.
    mutating func fixed32(_ field: Int, _ value: UInt32) {
        guard value != 0 else { return }
        reserve(20)
        position -= 4
        (memory + position).storeBytes(of: value.littleEndian, as: UInt32.self)
        pushTag(field, Wire.fixed32)
    }

    /// A whole number of 32 bits that may be below zero, as `sint32` has it; left out if it is zero.
    mutating func zigzag(_ field: Int, _ value: Int) {
        let value = Int32(clamping: value)
        varint(field, UInt64(UInt32(bitPattern: (value << 1) ^ (value >> 31))))
    }

    /// An array of eight bytes each, left out if it is empty.
    mutating func packedFixed64<Element>(_ field: Int, _ elements: [Element], _ word: (Element) -> UInt64) {
        guard !elements.isEmpty else { return }
        reserve(elements.count * 8)
        for element in elements.reversed() { push(word(element)) }
        head(field, byteCount: elements.count * 8)
    }

    /// An array of whole numbers, left out if it is empty.
    mutating func packedVarints(_ field: Int, _ elements: [UInt64]) {
        guard !elements.isEmpty else { return }
        let end = count
        reserve(elements.count * 10)
        for element in elements.reversed() { pushVarint(element) }
        head(field, byteCount: count - end)
    }

    /// The bytes of words, big endian: identifiers.
    mutating func identifier(_ field: Int, _ high: UInt64, _ low: UInt64? = nil) {
        reserve(32)
        if let low { push(low.byteSwapped) }
        push(high.byteSwapped)
        head(field, byteCount: low == nil ? 8 : 16)
    }

    // MARK: Below fields

    /// The tag and the length in front of what was just written.
    @inline(__always)
    private mutating func head(_ field: Int, byteCount: Int) {
        reserve(20)
        let tag = field << 3 | Wire.bytes
        if tag < 0x80 && byteCount < 0x80 {
            // Nearly all of them: a byte each.
            position -= 2
            let both = UInt16(truncatingIfNeeded: tag | byteCount << 8)
            (memory + position).storeBytes(of: both.littleEndian, as: UInt16.self)
        } else {
            pushVarint(UInt64(byteCount))
            pushTag(field, Wire.bytes)
        }
    }

    /// The text's bytes.
    ///
    /// A zero byte becomes U+FFFD: receivers written in C end text at the first, and so would lose what follows.
    @inline(__always)
    private mutating func text(_ text: String) {
        let isWritten = text.utf8.withContiguousStorageIfAvailable { pushText($0) }
        if isWritten != true { rewrittenText(text) }
    }

    /// The bytes of text that has a zero byte, or is not in one piece in memory.
    @inline(never)
    private mutating func rewrittenText(_ text: String) {
        raw(Array(String(String.UnicodeScalarView(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 })).utf8))
    }

    /// Copies bytes unless one of them is zero, which it looks for on the way.
    ///
    /// Most texts are so short that the calls of `memchr` and `memcpy` would cost more than the bytes.
    @inline(__always)
    private mutating func pushText(_ source: UnsafeBufferPointer<UInt8>) -> Bool {
        let count = source.count
        guard count > 0, let start = UnsafeRawPointer(source.baseAddress) else { return true }
        reserve(count)
        guard Self.copy(start, count, to: memory + (position - count)) else { return false }
        position -= count
        return true
    }

    /// Writes a `KeyValue` whose value is text, if all its lengths fit into one byte each.
    @inline(__always)
    private mutating func pushPair(
        _ field: Int, _ key: UnsafeBufferPointer<UInt8>, _ text: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let lengths = (key: key.count, text: text.count)
        // The tags and lengths of a pair's key, of its value and of the text in that.
        let content = lengths.key + lengths.text + 6
        guard field < 16, content <= Self.maximumTextPair, let key = UnsafeRawPointer(key.baseAddress), lengths.key > 0,
            let text = UnsafeRawPointer(text.baseAddress), lengths.text > 0
        else { return false }
        precondition(content + 2 <= position, "Call `reserveTextPair` before each pair.")
        let start = memory + (position - content - 2)
        func head(_ target: UnsafeMutableRawPointer, _ field: Int, _ byteCount: Int) {
            let both = UInt16(truncatingIfNeeded: field << 3 | Wire.bytes | byteCount << 8)
            target.storeBytes(of: both.littleEndian, as: UInt16.self)
        }
        head(start, field, content)
        head(start + 2, 1, lengths.key)
        let value = start + 4 + lengths.key
        head(value, 2, lengths.text + 2)
        head(value + 2, 1, lengths.text)
        guard Self.copy(key, lengths.key, to: start + 4), Self.copy(text, lengths.text, to: value + 4) else {
            return false
        }
        position -= content + 2
        return true
    }

    // These three write into room that was reserved. A number takes ten bytes at most and its tag as many, hence the twenty
    // that are reserved for both.

    private mutating func push(_ value: UInt64) {
        position -= 8
        (memory + position).storeBytes(of: value.littleEndian, as: UInt64.self)
    }

    @inline(__always)
    private mutating func pushTag(_ field: Int, _ wire: Int) {
        pushVarint(UInt64(truncatingIfNeeded: field << 3 | wire))
    }

    @inline(__always)
    private mutating func pushVarint(_ value: UInt64) {
        guard value >= 0x80 else {
            position -= 1
            (memory + position).storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
            return
        }
        let size = (70 - value.leadingZeroBitCount) / 7
        position -= size
        var rest = value
        for offset in 0..<size - 1 {
            (memory + position + offset).storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            rest >>= 7
        }
        (memory + position + size - 1).storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
    }

    @inline(__always)
    private mutating func reserve(_ byteCount: Int) {
        if position < byteCount { grow(byteCount) }
    }

    @inline(never)
    private mutating func grow(_ byteCount: Int) {
        let count = count
        let larger = max(capacity * 2, count + byteCount + 64)
        let target = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
        (target + larger - count).copyMemory(from: memory + position, byteCount: count)
        memory.deallocate()
        memory = target
        capacity = larger
        position = larger - count
    }
}
