import Synchronization

/// A value behind a lock, as a class, so that closures can share it.
package final class Locked<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    /// Locks a value away.
    package init(_ value: Value) { mutex = Mutex(value) }

    /// Runs the body while nobody else has the value.
    ///
    /// The body must not block, suspend or call user code.
    package func withLock<R: Sendable, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
        try mutex.withLock { value throws(E) in try body(&value) }
    }
}
