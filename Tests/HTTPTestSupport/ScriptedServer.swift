import Foundation
import Glibc
import ProcessTestSupport
import Synchronization

/// An HTTP server on loopback that answers by a script, and keeps what it was asked.
///
/// It reads well-formed requests with `Content-Length`, and keeps connections alive. Each connection has a thread, so
/// one that hangs holds up no other. ``stop()`` ends all of them.
package final class ScriptedServer: Sendable {
    /// What the server does with a request.
    package enum Answer: Sendable {
        /// Answers in one piece, or one byte at a time.
        case respond(_ status: Int = 200, headers: [String: String] = [:], body: [UInt8] = [], byteByByte: Bool = false)
        /// Answers, and then closes the connection without having said so.
        case respondAndClose(_ status: Int = 200)
        /// Sends bytes that may be anything, and closes the connection.
        case raw([UInt8])
        /// Begins an answer whose body is as large as it says, made of zeros.
        case huge(bytes: Int)
        /// Says nothing until the client or ``stop()`` ends the connection.
        case hang
        /// Sends one byte after the other of an answer that never ends, until the client or ``stop()`` ends the connection.
        case trickle
        /// Breaks the connection with a reset.
        case reset
    }

    /// A request as it came.
    package struct Request: Sendable {
        /// Which connection it came on, counted from 1.
        package var connection: Int
        /// The method, the path and the version.
        package var line: String
        /// By name in lower case.
        package var headers: [String: String]
        package var body: [UInt8]
    }

    private struct State {
        var script: [Answer]
        var requests: [Request] = []
        var accepted = 0
        var isUp = false
        var isStopped = false
        /// Wakes who waits for requests.
        ///
        /// Called without the lock.
        var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    package let port: UInt16
    private let listener: Int32
    private let stopReader: Int32
    private let stopWriter: Int32
    private let state: Mutex<State>
    private let afterScript: Answer
    private let resetConnections: Int

    /// Starts a server that gives the answers in turn, and then the last one for ever.
    ///
    /// One that is down has its port and refuses connections until ``comeUp()``. The first `resetConnections` are reset
    /// as soon as a request begins to come on them, which is not kept.
    package init(
        _ script: [Answer] = [], then afterScript: Answer = .respond(), isDown: Bool = false, resetConnections: Int = 0
    ) throws {
        (stopReader, stopWriter) = try makePipe()
        (listener, port) = try Self.bind()
        self.afterScript = afterScript
        self.resetConnections = resetConnections
        state = Mutex(State(script: script))
        if !isDown { try comeUp() }
    }

    /// Starts to accept connections.
    package func comeUp() throws {
        guard Glibc.listen(listener, 64) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        state.withLock { $0.isUp = true }
        Thread.detachNewThread { [self] in acceptConnections() }
    }

    package var url: String { "http://127.0.0.1:\(port)" }
    package var requests: [Request] { state.withLock(\.requests) }
    /// How many connections were accepted.
    package var connectionCount: Int { state.withLock(\.accepted) }

    /// Waits until so many requests have been read in full.
    package func waitForRequests(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.requests.count >= count { return true }
                state.observers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    /// Closes the port and all connections.
    ///
    /// The threads do so themselves, as soon as they see that the pipe has no writer any more.
    package func stop() {
        let (isFirst, isUp) = state.withLock { state in
            defer { state.isStopped = true }
            return (!state.isStopped, state.isUp)
        }
        guard isFirst else { return }
        Glibc.close(stopWriter)
        if !isUp { Glibc.close(listener) }
    }

    // The threads hold the server, so all of them have ended.
    deinit { Glibc.close(stopReader) }

    /// Waits until the socket has something to read; false if the server is stopped first.
    private func waitUntilReadable(_ socket: Int32) -> Bool {
        var polled = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0), pollfd(fd: stopReader, events: 0, revents: 0),
        ]
        while poll(&polled, 2, -1) < 0, errno == EINTR {}
        return polled[1].revents == 0
    }

    /// A socket that listens on loopback, and its port.
    package static func listen() throws -> (Int32, UInt16) {
        let (listener, port) = try bind()
        guard Glibc.listen(listener, 64) == 0 else {
            let code = errno
            Glibc.close(listener)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
        return (listener, port)
    }

    /// A socket that has a port on loopback, where it refuses connections, and the port.
    private static func bind() throws -> (Int32, UInt16) {
        let listener = closedOnExec(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard Glibc.bind(listener, address, length) == 0 else { return -1 }
                return getsockname(listener, address, &length)
            }
        }
        guard result == 0 else {
            let code = errno
            Glibc.close(listener)
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    private func acceptConnections() {
        while waitUntilReadable(listener) {
            let connection = closedOnExec(accept(listener, nil, nil))
            guard connection >= 0 else { break }
            let number = state.withLock { state in
                state.accepted += 1
                return state.accepted
            }
            Thread.detachNewThread { [self] in serve(connection, number: number) }
        }
        Glibc.close(listener)
    }

    private func serve(_ connection: Int32, number: Int) {
        defer { Glibc.close(connection) }
        if number <= resetConnections {
            var bytes = [UInt8](repeating: 0, count: 1024)
            if waitUntilReadable(connection), recv(connection, &bytes, bytes.count, 0) > 0 { resetOnClose(connection) }
            return
        }
        var unread: [UInt8] = []
        while let request = read(connection, number: number, unread: &unread) {
            let (answer, woken) = record(request)
            woken.forEach { $0.resume() }
            guard give(answer, to: connection) else { break }
        }
    }

    private func resetOnClose(_ connection: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private func record(_ request: Request) -> (Answer, [CheckedContinuation<Void, Never>]) {
        state.withLock { state in
            state.requests.append(request)
            let count = state.requests.count
            let woken = state.observers.filter { $0.count <= count }.map(\.continuation)
            state.observers.removeAll { $0.count <= count }
            return (state.script.isEmpty ? afterScript : state.script.removeFirst(), woken)
        }
    }

    /// Whether the connection goes on.
    private func give(_ answer: Answer, to connection: Int32) -> Bool {
        switch answer {
        case .respond(let status, let headers, let body, let byteByByte):
            let bytes = Self.head(status, headers: headers, length: body.count) + body
            guard byteByByte else { return send(bytes, to: connection) }
            var on: Int32 = 1
            setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
            return bytes.allSatisfy { send([$0], to: connection) }
        case .respondAndClose(let status):
            _ = send(Self.head(status, headers: [:], length: 0), to: connection)
            return false
        case .raw(let bytes):
            _ = send(bytes, to: connection)
            return false
        case .huge(let bytes):
            var remaining = bytes
            var isOpen = send(Self.head(200, headers: [:], length: bytes), to: connection)
            let zeros = [UInt8](repeating: 0, count: 64 * 1024)
            while isOpen, remaining > 0 {
                isOpen = send(Array(zeros.prefix(remaining)), to: connection)
                remaining -= zeros.count
            }
            return isOpen
        case .trickle:
            // As slow as one can't overlook, and not so slow that the test would be.
            var stopped = pollfd(fd: stopReader, events: 0, revents: 0)
            var isOpen = send(Self.head(200, headers: [:], length: 1 << 20), to: connection)
            while isOpen, poll(&stopped, 1, 5) == 0 { isOpen = send([0], to: connection) }
            return false
        case .hang:
            var byte: UInt8 = 0
            while waitUntilReadable(connection), recv(connection, &byte, 1, 0) > 0 {}
            return false
        case .reset:
            resetOnClose(connection)
            return false
        }
    }

    private static func head(_ status: Int, headers: [String: String], length: Int) -> [UInt8] {
        let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        // These may not have a body, and so no length.
        let size = status == 204 || status == 304 ? "" : "Content-Length: \(length)\r\n"
        return Array("HTTP/1.1 \(status) Scripted\r\n\(size)\(fields)\r\n".utf8)
    }

    private func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    /// The next request, or `nil` at the end of the connection.
    private func read(_ connection: Int32, number: Int, unread: inout [UInt8]) -> Request? {
        let separator = Array("\r\n\r\n".utf8)
        while true {
            if let end = unread.firstRange(of: separator) {
                let lines = String(decoding: unread[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                var headers: [String: String] = [:]
                for line in lines.dropFirst() {
                    let parts = line.split(separator: ":", maxSplits: 1)
                    headers[parts[0].lowercased()] =
                        parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
                }
                let length = headers["content-length"].flatMap { Int($0) } ?? 0
                if unread.count >= end.upperBound + length {
                    let body = Array(unread[end.upperBound..<end.upperBound + length])
                    unread.removeFirst(end.upperBound + length)
                    return Request(connection: number, line: lines[0], headers: headers, body: body)
                }
            }
            var chunk = [UInt8](repeating: 0, count: 64 * 1024)
            guard waitUntilReadable(connection) else { return nil }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            unread.append(contentsOf: chunk[..<count])
        }
    }
}
