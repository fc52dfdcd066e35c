/// The lengths of messages inside each other, which protobuf has in front of them and which are known at their ends.
///
/// They are put in between when everything is written, so that what is deep inside isn't copied once for each message
/// around it.
struct MessageLengths {
    private struct Length {
        /// Where it belongs in what is written without lengths.
        let position: Int
        var value = 0
    }

    /// A message that has begun.
    struct Beginning {
        fileprivate let index: Int
        /// How many bytes the lengths of the messages before took.
        fileprivate let lengthBytes: Int
    }

    /// In the order of their positions.
    private var lengths: [Length] = []
    /// How many bytes the lengths of the messages that have ended take.
    private var lengthBytes = 0

    /// Begins a message.
    ///
    /// - Parameter position: How many bytes were written before it.
    /// - Returns: What its end needs.
    mutating func begin(at position: Int) -> Beginning {
        lengths.append(Length(position: position))
        return Beginning(index: lengths.count - 1, lengthBytes: lengthBytes)
    }

    /// Ends a message.
    ///
    /// - Parameters:
    ///   - beginning: What its beginning returned.
    ///   - position: How many bytes were written until now.
    mutating func end(_ beginning: Beginning, at position: Int) {
        // The lengths of the messages inside belong to it.
        let inner = lengthBytes - beginning.lengthBytes
        let value = position - lengths[beginning.index].position + inner
        lengths[beginning.index].value = value
        lengthBytes += Self.size(of: value)
    }

    /// Puts the lengths in between.
    ///
    /// - Parameter bytes: What was written without them.
    /// - Returns: What it is with them.
    func inserted(into bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count + lengthBytes)
        var position = 0
        for length in lengths {
            result += bytes[position..<length.position]
            position = length.position
            var rest = length.value
            while rest > 0x7f {
                result.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            result.append(UInt8(rest))
        }
        result += bytes[position...]
        return result
    }

    /// How many bytes a length takes.
    private static func size(of length: Int) -> Int {
        var size = 1
        var rest = length >> 7
        while rest > 0 {
            size += 1
            rest >>= 7
        }
        return size
    }
}
