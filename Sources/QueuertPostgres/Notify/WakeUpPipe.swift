import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Wakes a thread that waits for a socket.
final class WakeUpPipe: Sendable {
    /// Can be read while the pipe is raised.
    let reading: Int32
    private let writing: Int32
    private let isRaised = Atomic(false)

    init() {
        var ends: [Int32] = [-1, -1]
        // Fails if the process has no descriptors left; then nothing can be raised, and each wait ends with its time.
        if pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            }
        }
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Ends the wait that goes on, or the next one.
    func raise() {
        if isRaised.exchange(true, ordering: .acquiringAndReleasing) { return }
        var byte: UInt8 = 1
        _ = write(writing, &byte, 1)
    }

    /// Forgets that it was raised; before one looks for what it was raised for.
    ///
    /// - Parameter meanwhile: Called between the two steps, for tests.
    func lower(_ meanwhile: () -> Void = {}) {
        var byte: UInt8 = 0
        while read(reading, &byte, 1) == 1 {}
        meanwhile()
        // Last, or a byte that is written in between would be taken, and who raises it next takes it for raised. What is
        // written late leaves a byte instead, which ends one wait too many.
        _ = isRaised.exchange(false, ordering: .acquiringAndReleasing)
    }

    /// Waits until it is raised, or a socket can be read, or the time is up.
    ///
    /// - Returns: Whether the socket can be read.
    @discardableResult
    func wait(orInput socket: Int32, for duration: Duration) -> Bool {
        var descriptors = [
            pollfd(fd: reading, events: Int16(POLLIN), revents: 0),
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0),
        ]
        let milliseconds = Int32(clamping: Int64(max(.zero, duration) / .milliseconds(1)) + 1)
        guard poll(&descriptors, 2, milliseconds) > 0 else { return false }
        return descriptors[1].revents != 0
    }
}
