#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A flag that threads can wait for, once raised for ever.
///
/// `@unchecked Sendable` because the flag is only read and written under the mutex, and the pointers never change.
final class ConditionSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isRaised = false

    init() {
        // Neither can fail with default attributes on the systems we build for.
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Raises the flag and wakes all who wait.
    func raise() {
        pthread_mutex_lock(mutex)
        isRaised = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Waits for the flag once; it may return early without a reason.
    func wait(atMost duration: Duration) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isRaised else { return true }
        // The default clock of a condition is the wall clock. Slices of a second bound the harm that a jump of it does.
        let slice = min(duration, .seconds(1)).components
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        let nanoseconds = end.tv_nsec + Int(slice.attoseconds / 1_000_000_000)
        end.tv_sec += Int(slice.seconds) + nanoseconds / 1_000_000_000
        end.tv_nsec = nanoseconds % 1_000_000_000
        pthread_cond_timedwait(condition, mutex, &end)
        return isRaised
    }
}
