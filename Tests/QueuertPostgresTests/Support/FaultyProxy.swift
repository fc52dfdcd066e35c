import Foundation
import ProcessTestSupport
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A way to the server through which answers can be lost, and that can go dead without a word.
final class FaultyProxy: Sendable {
    /// What the proxy does with what passes.
    enum Fault: Sendable {
        case none
        /// What holds this text goes through, and its answer does not: the connection ends instead.
        case loseAnswer(to: String)
        /// The same, and after that nobody listens any more.
        case loseAnswerForGood(to: String)
        /// What holds this text does not go through: the connection ends instead.
        case lose(String)
        /// Nothing goes through any more, and the connection stays.
        case silence
        /// What holds this text does not go through, nor does anything of its connection after it, and the connection stays.
        case silenceFrom(String)
        /// What holds this text goes through, and nothing that follows it is read any more, and the connection stays.
        case deafness(after: String)
        /// New connections are refused.
        case refusal

        static let loseAnswerToCommit = Self.loseAnswer(to: "COMMIT\0")
        static let loseAnswerToCommitForGood = Self.loseAnswerForGood(to: "COMMIT\0")
        static let loseCommit = Self.lose("COMMIT\0")
    }
    private struct State {
        var fault = Fault.none
        /// Those that come after it.
        var nextFaults: [Fault] = []
        var isStopped = false
        var descriptors: [Int32] = []
        var losses = 0
        var withheld = 0
        var refusals = 0
    }
    private let state = Mutex(State())
    private let listener: Int32
    private let server: String
    /// What a pool connects to.
    let address: String

    struct Failure: Error { let message: String }

    /// Makes a proxy to a server whose address is a libpq connection string with a `host` that is a folder.
    init(to address: String, folder: String) throws {
        let parts = address.split(separator: " ")
        server = try "\(Self.socketFolder(of: address))/.s.PGSQL.5432"
        self.address = (parts.filter { !$0.hasPrefix("host=") } + ["host=\(folder)"]).joined(separator: " ")
        listener = closedOnExec(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
        let isBound = try Self.withAddress("\(folder)/.s.PGSQL.5432") { bind(listener, $0, $1) }
        guard isBound == 0, listen(listener, 64) == 0 else { throw Failure(message: "can't listen in \(folder)") }
        Thread { [self] in accept() }.start()
    }

    /// The folder of the Unix socket that an address leads to.
    static func socketFolder(of address: String) throws -> String {
        guard let host = address.split(separator: " ").first(where: { $0.hasPrefix("host=/") })?.dropFirst(5) else {
            throw Failure(message: "The tests with a proxy need a server on a Unix socket.")
        }
        return String(host)
    }

    /// Has a fault happen, and others after it, one after the other.
    func set(_ fault: Fault, then others: Fault...) {
        state.withLock { state in
            state.fault = fault
            state.nextFaults = others
        }
    }

    /// How many times a fault has ended a connection, silenced one or left one unread.
    var losses: Int { state.withLock { $0.losses } }

    /// How many times something did not go through while all were silent.
    var withheld: Int { state.withLock { $0.withheld } }

    /// How many connections were refused.
    var refusals: Int { state.withLock { $0.refusals } }

    /// Ends all connections and refuses new ones.
    func refuse() {
        let descriptors = state.withLock { state in
            state.fault = .refusal
            return state.descriptors
        }
        for descriptor in descriptors { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    func stop() {
        let descriptors = state.withLock { state in
            state.isStopped = true
            return state.descriptors
        }
        for descriptor in descriptors + [listener] { shutdown(descriptor, Int32(SHUT_RDWR)) }
    }

    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8) + [0]
        guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else {
            throw Failure(message: "the path \(path) is too long for a socket")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    #if canImport(Darwin)
    private static let noSignal: Int32 = 0
    #else
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #endif

    private func accept() {
        while true {
            #if canImport(Glibc)
            let client = closedOnExec(Glibc.accept(listener, nil, nil))
            #elseif canImport(Musl)
            let client = closedOnExec(Musl.accept(listener, nil, nil))
            #else
            let client = closedOnExec(Darwin.accept(listener, nil, nil))
            #endif
            if client < 0 { return }
            let upstream = closedOnExec(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
            let isConnected = (try? Self.withAddress(server) { connect(upstream, $0, $1) }) == 0
            let isStopped = state.withLock { state in
                if case .refusal = state.fault {
                    state.refusals += 1
                    return true
                }
                state.descriptors += [client, upstream]
                return state.isStopped
            }
            if isStopped || !isConnected {
                close(client)
                close(upstream)
                continue
            }
            let connection = Connection()
            Thread { [self] in forward(from: client, to: upstream, connection, isFromClient: true) }.start()
            Thread { [self] in forward(from: upstream, to: client, connection, isFromClient: false) }.start()
        }
    }

    /// What both directions of a connection know.
    private final class Connection: Sendable {
        let losesAnswers = Mutex(false)
        let isSilent = Mutex(false)
    }

    private func forward(from source: Int32, to target: Int32, _ connection: Connection, isFromClient: Bool) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        defer {
            shutdown(source, Int32(SHUT_RDWR))
            shutdown(target, Int32(SHUT_RDWR))
        }
        while true {
            let count = read(source, &buffer, buffer.count)
            if count <= 0 { return }
            let fault = state.withLock { $0.fault }
            func holds(_ text: String) -> Bool {
                isFromClient && String(decoding: buffer[..<count], as: UTF8.self).contains(text)
            }
            if connection.isSilent.withLock({ $0 }) { continue }
            var isDeaf = false
            switch fault {
            case .none, .refusal: break
            case .silence:
                if isFromClient { state.withLock { $0.withheld += 1 } }
                continue
            case .silenceFrom(let text) where holds(text):
                connection.isSilent.withLock { $0 = true }
                lose()
                continue
            case .lose(let text) where holds(text):
                lose()
                return
            case .loseAnswer(let text) where holds(text), .loseAnswerForGood(let text) where holds(text):
                connection.losesAnswers.withLock { $0 = true }
            case .deafness(let text) where holds(text):
                isDeaf = true
                lose()
            case .lose, .loseAnswer, .loseAnswerForGood, .silenceFrom, .deafness: break
            }
            if !isFromClient, connection.losesAnswers.withLock({ $0 }) {
                lose()
                return
            }
            var sent = 0
            while sent < count {
                // A signal would end the process where the other end has gone.
                let part = buffer.withUnsafeBytes {
                    send(target, $0.baseAddress.map { $0 + sent }, count - sent, Self.noSignal)
                }
                if part <= 0 { return }
                sent += part
            }
            if isDeaf {
                waitForEnd(of: source)
                return
            }
        }
    }

    /// Waits until a connection is ended, by whichever side, and reads nothing of it.
    private func waitForEnd(of descriptor: Int32) {
        var end = pollfd(fd: descriptor, events: 0, revents: 0)
        while poll(&end, 1, -1) <= 0 {}
    }

    /// A fault happens once.
    private func lose() {
        state.withLock { state in
            state.losses += 1
            if case .loseAnswerForGood = state.fault { shutdown(listener, Int32(SHUT_RDWR)) }
            state.fault = state.nextFaults.isEmpty ? .none : state.nextFaults.removeFirst()
        }
    }
}
