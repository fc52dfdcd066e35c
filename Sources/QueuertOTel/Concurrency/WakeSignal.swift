#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Wakes waiting threads, at once or when a time is over: a thin wrapper around a condition variable.
///
/// The time is measured by the monotonic clock, so setting the wall clock neither shortens nor prolongs a wait, which is
/// why this is no semaphore of Dispatch. A notification while nobody waits ends the next wait.
///
/// Unchecked because the compiler doesn't know that the variables are only touched while the mutex is held, and that
/// the two pointers are valid from the initialiser to the deinitialiser and never change.
package final class WakeSignal: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var isNotified = false
    private var isOpen = false
    private var waiters = 0

    /// Makes a signal that nobody has given.
    package init() {
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        #if canImport(Darwin)
        pthread_cond_init(condition, nil)
        #else
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
        #endif
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Ends the wait of the thread that waits, or of the next one.
    package func notify() {
        pthread_mutex_lock(mutex)
        isNotified = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Ends the waits of all threads, and those that will be.
    package func open() {
        pthread_mutex_lock(mutex)
        isOpen = true
        isNotified = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    /// How many threads wait.
    package var waiterCount: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return waiters
    }

    /// Waits for a notification, or until the time is over.
    ///
    /// - Parameter duration: How long at most.
    package func wait(for duration: Duration) {
        pthread_mutex_lock(mutex)
        waiters += 1
        defer {
            waiters -= 1
            isNotified = isOpen
            pthread_mutex_unlock(mutex)
        }
        // A year is long enough to stand for ever, and short enough to be added to any time.
        let (seconds, attoseconds) = min(max(duration, .zero), .seconds(365 * 24 * 3600)).components
        var time = timespec()
        #if canImport(Darwin)
        time.tv_sec = Int(seconds)
        time.tv_nsec = Int(attoseconds / 1_000_000_000)
        if !isNotified { pthread_cond_timedwait_relative_np(condition, mutex, &time) }
        #else
        clock_gettime(CLOCK_MONOTONIC, &time)
        let nanoseconds = time.tv_nsec + Int(attoseconds / 1_000_000_000)
        time.tv_sec += Int(seconds) + nanoseconds / 1_000_000_000
        time.tv_nsec = nanoseconds % 1_000_000_000
        while !isNotified {
            // The only other result than success means that the time is over.
            guard pthread_cond_timedwait(condition, mutex, &time) == 0 else { return }
        }
        #endif
    }
}
