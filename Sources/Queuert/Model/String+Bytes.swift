#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

// To `==` a letter with an accent is equal to one that an accent follows, though a database tells the two apart. What
// databases look up is compared byte for byte.
extension String {
    /// Whether two texts are the same byte for byte.
    func hasBytes(of other: String) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                left.count == right.count && Self.order(left, right) == 0
            }
        }
        if let isSame, let isSame { return isSame }
        return utf8.elementsEqual(other.utf8)
    }

    /// Whether a text comes before another one in the order of their bytes.
    func precedes(_ other: String) -> Bool {
        let isBefore = utf8.withContiguousStorageIfAvailable { left in
            other.utf8.withContiguousStorageIfAvailable { right in
                let order = Self.order(left, right)
                return order == 0 ? left.count < right.count : order < 0
            }
        }
        if let isBefore, let isBefore { return isBefore }
        return utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// Hashes the bytes of a text.
    func hashBytes(into hasher: inout Hasher) {
        let isHashed: Void? = utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isHashed == nil { Array(utf8).withUnsafeBytes { hasher.combine(bytes: $0) } }
        // No byte of a text is this one: what follows is no part of it.
        hasher.combine(UInt8.max)
    }

    /// How the bytes that two texts both have compare: below zero if the first one's come before.
    private static func order(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int32 {
        guard let first = left.baseAddress, let second = right.baseAddress else { return 0 }
        return memcmp(first, second, Swift.min(left.count, right.count))
    }
}
