#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// The logarithm to the base two, of the C library.
enum BinaryLogarithm {
    static func of(_ value: Double) -> Double { log2(value) }
}
