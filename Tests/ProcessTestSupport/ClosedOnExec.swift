import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Has the system close an open file in programs that this process becomes or starts.
///
/// A test that ends its process runs in one that gets all files that are open here, and keeps them open: a socket or a pipe
/// that is closed here meanwhile would not be closed for who is at its other end.
///
/// - Parameter descriptor: The file's number, or a negative one, which nothing is done with.
/// - Returns: The same.
package func closedOnExec(_ descriptor: Int32) -> Int32 {
    if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    return descriptor
}

/// Makes a pipe that programs don't get.
///
/// - Throws: An error of the system.
package func makePipe() throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    return (closedOnExec(ends[0]), closedOnExec(ends[1]))
}
