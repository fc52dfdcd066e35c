import Queuert

/// Which of the processes that listen look for the jobs that a notification tells of.
///
/// A notification reaches all of them, and if all looked, one job would cost as many claims as there are processes. So each
/// orders the listeners by a number that is drawn with each notification, and only the first ones look: one more than there are
/// jobs, since one may have gone, or be late. If the very first has no slot free, it passes the notification on, and four times
/// as many look. Whoever is left out finds the job at its next poll, if nobody else has.
package struct ListenerLot: Sendable {
    /// The processes of the server that listen.
    package var listeners: Set<Int32> = []
    /// This process's own.
    package var own: Int32 = 0

    package init(listeners: Set<Int32> = [], own: Int32 = 0) {
        self.listeners = listeners
        self.own = own
    }

    /// What a process is to do about a notification.
    package struct Draw: Equatable {
        /// Whether it looks.
        package var looks = true
        /// Whether it passes on what it has no slot for.
        package var passesOn = false
        /// How many look.
        package var lookers = 1
    }

    /// Draws for a notification.
    ///
    /// - Parameters:
    ///   - number: The number that came with it.
    ///   - sender: Who sent it, and so has looked.
    ///   - jobs: How many jobs became due.
    ///   - round: How often it was passed on.
    /// - Returns: What this process is to do.
    package func draw(_ number: UInt64, from sender: Int32, jobs: Int, round: Int) -> Draw {
        let others = listeners.union([own]).subtracting([sender])
        let lookers = min((min(jobs, others.count) + 1) << (2 * min(max(0, round), 8)), others.count)
        let mine = Self.lot(number, own)
        let before = others.count { $0 != own && Self.lot(number, $0) < mine }
        return Draw(
            looks: before < lookers, passesOn: before == 0 && lookers < others.count, lookers: lookers)
    }

    /// A number that looks random, and is the same wherever it is drawn.
    private static func lot(_ number: UInt64, _ listener: Int32) -> UInt64 {
        // The finaliser of SplitMix64.
        var value = number &+ UInt64(truncatingIfNeeded: listener) &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension WakeHint {
    /// The part of the jobs for which one of several processes looks: twice its share, since others may have no slot free.
    func share(of lookers: Int) -> WakeHint {
        let shares = dueJobs.mapValues { count in
            lookers <= 2 ? count : max(1, Int((Double(count) * 2 / Double(lookers)).rounded(.up)))
        }
        return with(dueJobs: shares)
    }

    /// The same, but of other jobs where it tells how many there are.
    func with(dueJobs: [String: Int]) -> WakeHint {
        WakeHint(
            dueTypes: dueTypes.subtracting(self.dueJobs.keys), dueJobs: dueJobs, completedChains: completedChains,
            lostLeases: lostLeases, isGap: isGap)
    }
}
