internal import QueuertOTel
internal import QueuertSQLite

/// The outbox's file while it works, and what is done when it doesn't.
///
/// Not thread-safe: ``FileOutboxStore`` locks it during each call.
final class OutboxFileAccess {
    typealias Event = OutboxEvent

    private let path: String
    private let configuration: TelemetryOutbox.Configuration
    private let clock: @Sendable () -> Int64
    private var lock: LeaderLock?
    /// Whether this is the one that sends.
    private(set) var isLeader = false
    private var file: OutboxFile?
    private var failures = OutboxFailures()

    init(
        path: String, configuration: TelemetryOutbox.Configuration, clock: @escaping @Sendable () -> Int64
    ) throws {
        self.clock = clock
        self.path = path
        self.configuration = configuration
        lock = try LeaderLock(path: path + "-lock")
    }

    /// Opens the file, or makes it; one that is damaged is set aside by who sends.
    ///
    /// - Returns: What is to be logged.
    /// - Throws: `SQLiteError` if there can't be a file at the path.
    func open() throws -> [Event] {
        _ = lead()
        do {
            file = try OutboxFile(path: path, configuration: configuration, clock: clock)
            return []
        } catch let error as SQLiteError where error.isDamage && isLeader {
            let event = setAside()
            file = try OutboxFile(path: path, configuration: configuration, clock: clock)
            return [event]
        }
    }

    /// Whether this is the one that sends; becomes it if nobody is.
    func lead() -> Bool {
        isLeader = lock?.take() ?? false
        return isLeader
    }

    /// Leaves the sending to others for good.
    func stepDown() {
        lock = nil
        isLeader = false
    }

    /// Does something with the file.
    ///
    /// - Parameters:
    ///   - work: Of what kind that is.
    ///   - itemsAtStake: How many items are not kept if it fails.
    ///   - body: What to do.
    /// - Returns: Its result, or `nil` if the file can't be used now, and what is to be logged.
    func use<R>(
        _ work: OutboxWork, itemsAtStake: Int, _ body: @Sendable (any OutboxTable) throws -> R
    ) -> (result: R?, events: [Event]) {
        var events: [Event] = []
        do {
            let result = try attempt(body)
            return (result, failures.worked([work]))
        } catch let error as SQLiteError where error.isDamage && isLeader {
            events.append(setAside())
        } catch {
            return (nil, failed(work, error, itemsAtStake: itemsAtStake))
        }
        do {
            let result = try attempt(body)
            return (result, events + failures.worked([work]))
        } catch {
            return (nil, events + failed(work, error, itemsAtStake: itemsAtStake))
        }
    }

    private func attempt<R>(_ body: (OutboxFile) throws -> R) throws -> R {
        // Who sends may have set the file aside, or somebody has deleted it.
        if let file, file.identity != FileIdentity(path: path) { self.file = nil }
        let file = try self.file ?? OutboxFile(path: path, configuration: configuration, clock: clock)
        self.file = file
        return try body(file)
    }

    private func failed(_ work: OutboxWork, _ error: any Error, itemsAtStake: Int) -> [Event] {
        // Who sends sets it aside, and the next use opens what takes its place.
        if (error as? SQLiteError)?.isDamage == true { file = nil }
        // An error of another type may hold data.
        let reason = (error as? SQLiteError)?.description ?? "unknown"
        return failures.failed(work, itemsAtStake: itemsAtStake, reason: reason)
    }

    /// Moves the file out of the way; only who sends does so, so that no two processes move each other's.
    private func setAside() -> Event {
        file = nil
        var number = 1
        while FileIdentity(path: "\(path).damaged-\(number)") != nil { number += 1 }
        let newPath = "\(path).damaged-\(number)"
        for suffix in ["", "-wal", "-shm"] { FileIdentity.move(path + suffix, to: newPath + suffix) }
        return .setAside(newName: String(newPath.split(separator: "/").last ?? ""))
    }
}

extension SQLiteError {
    /// Whether the file itself is the trouble.
    fileprivate var isDamage: Bool { code == .corrupt || code == .notADatabase }
}
