internal import Queuert
internal import Synchronization

/// The attempts that this process knows of.
///
/// Who cancels a chain, completes its job or takes a lease away tells of an attempt that may run in this very process. Only the
/// span that was started for it has its identity.
final class LiveAttempts: Sendable {
    private struct Entry { weak var attempt: TracerAttempt? }
    private let entries = Mutex<[Lease: Entry]>([:])

    /// The attempt under a lease; a new one if none is known.
    func attempt(under lease: Lease, make: () -> TracerAttempt) -> TracerAttempt {
        if let known = known(lease) { return known }
        let made = make()
        return entries.withLock { entries in
            // Somebody else may have made it meanwhile.
            if let known = entries[lease]?.attempt { return known }
            entries[lease] = Entry(attempt: made)
            return made
        }
    }

    /// Forgets an attempt that is gone, unless another has its lease by now.
    func remove(_ lease: Lease) {
        // The answer leaves the lock: where it is the last reference, what follows asks for the lock again.
        _ = entries.withLock { entries -> TracerAttempt? in
            let known = entries[lease]?.attempt
            if known == nil { entries[lease] = nil }
            return known
        }
    }

    private func known(_ lease: Lease) -> TracerAttempt? { entries.withLock { $0[lease]?.attempt } }
}
