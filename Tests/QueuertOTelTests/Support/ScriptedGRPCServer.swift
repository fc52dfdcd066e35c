import Foundation
import Glibc
import HTTPTestSupport
import ProcessTestSupport
import Synchronization

/// A gRPC server on loopback, without TLS, that answers by a script, and keeps the bodies of the calls.
///
/// It speaks as much HTTP/2 as one client with one call at a time needs, and doesn't read the headers of calls: they are
/// compressed. A real receiver reads them in `make interop`. ``stop()`` ends all connections.
final class ScriptedGRPCServer: Sendable {
    /// What the server does with a call.
    enum Answer: Sendable {
        /// A status, in trailers if there is a body, alone otherwise.
        case status(
            _ code: Int = 0, message: String? = nil, details: String? = nil, body: [UInt8] = [], encoding: String? = nil
        )
        /// An answer of HTTP's, without any status of gRPC's.
        case http(_ status: Int)
        /// Ends the stream with an error of HTTP/2's.
        case resetStream(code: UInt32)
        /// Closes the connection.
        case close
        /// Says nothing until the client or ``stop()`` ends the connection.
        case hang
    }

    private struct State {
        var script: [Answer]
        var bodies: [[UInt8]] = []
        var isStopped = false
    }
    private struct Frame {
        var type: UInt8
        var flags: UInt8
        var stream: UInt32
        var payload: [UInt8]
    }

    let port: UInt16
    private let listener: Int32
    private let ends: (reading: Int32, writing: Int32)
    private let state: Mutex<State>
    private let afterScript: Answer

    /// Starts a server that gives the answers in turn, and then the last one for ever.
    init(_ script: [Answer] = [], then afterScript: Answer = .status(body: GRPCBody.empty)) throws {
        ends = try makePipe()
        (listener, port) = try ScriptedServer.listen()
        self.afterScript = afterScript
        state = Mutex(State(script: script))
        Thread.detachNewThread { [self] in acceptConnections() }
    }

    var url: String { "http://127.0.0.1:\(port)" }
    /// The bodies of the calls, as they came.
    var bodies: [[UInt8]] { state.withLock(\.bodies) }

    /// Closes the port and all connections.
    func stop() {
        let isFirst = state.withLock { state in
            defer { state.isStopped = true }
            return !state.isStopped
        }
        if isFirst { Glibc.close(ends.writing) }
    }

    // The threads hold the server, so all of them have ended.
    deinit { Glibc.close(ends.reading) }

    private func waitUntilReadable(_ socket: Int32) -> Bool {
        var polled = [
            pollfd(fd: socket, events: Int16(POLLIN), revents: 0), pollfd(fd: ends.reading, events: 0, revents: 0),
        ]
        while poll(&polled, 2, -1) < 0, errno == EINTR {}
        return polled[1].revents == 0
    }

    private func acceptConnections() {
        while waitUntilReadable(listener) {
            let connection = closedOnExec(accept(listener, nil, nil))
            guard connection >= 0 else { break }
            Thread.detachNewThread { [self] in
                serve(connection)
                Glibc.close(connection)
            }
        }
        Glibc.close(listener)
    }

    private func serve(_ connection: Int32) {
        var unread: [UInt8] = []
        // The client's preface; then our settings, with windows that no call of a test fills.
        guard take(24, from: connection, &unread) != nil else { return }
        send(Frame(type: 4, flags: 0, stream: 0, payload: [0, 4, 0x7f, 0xff, 0xff, 0xff]), to: connection)
        send(Frame(type: 8, flags: 0, stream: 0, payload: [0x3f, 0xff, 0xff, 0xff]), to: connection)
        var body: [UInt8] = []
        while let frame = read(connection, &unread) {
            switch frame.type {
            case 4 where frame.flags & 1 == 0: send(Frame(type: 4, flags: 1, stream: 0, payload: []), to: connection)
            case 6 where frame.flags & 1 == 0:
                send(Frame(type: 6, flags: 1, stream: 0, payload: frame.payload), to: connection)
            case 0:
                body += frame.payload
                if frame.flags & 1 == 1 {
                    guard answer(frame.stream, body, on: connection) else { return }
                    body = []
                }
            default: break
            }
        }
    }

    /// Whether the connection goes on.
    private func answer(_ stream: UInt32, _ body: [UInt8], on connection: Int32) -> Bool {
        let answer = state.withLock { state in
            state.bodies.append(body)
            return state.script.isEmpty ? afterScript : state.script.removeFirst()
        }
        switch answer {
        case .status(let code, let message, let details, let body, let encoding):
            var trailers = [("grpc-status", "\(code)")]
            if let message { trailers.append(("grpc-message", message)) }
            if let details { trailers.append(("grpc-status-details-bin", details)) }
            var head = [(":status", "200"), ("content-type", "application/grpc")]
            if let encoding { head.append(("grpc-encoding", encoding)) }
            if body.isEmpty {
                sendHeaders(head + trailers, isLast: true, stream, connection)
            } else {
                sendHeaders(head, isLast: false, stream, connection)
                send(Frame(type: 0, flags: 0, stream: stream, payload: body), to: connection)
                sendHeaders(trailers, isLast: true, stream, connection)
            }
        case .http(let status): sendHeaders([(":status", "\(status)")], isLast: true, stream, connection)
        case .resetStream(let code):
            let payload = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: code >> UInt32($0)) }
            send(Frame(type: 3, flags: 0, stream: stream, payload: payload), to: connection)
        case .close: return false
        case .hang:
            var byte: UInt8 = 0
            while waitUntilReadable(connection), recv(connection, &byte, 1, 0) > 0 {}
            return false
        }
        return true
    }

    /// Headers without compression: a literal, not indexed, with a new name.
    private func sendHeaders(_ headers: [(String, String)], isLast: Bool, _ stream: UInt32, _ connection: Int32) {
        var block: [UInt8] = []
        for (name, value) in headers {
            block.append(0)
            for text in [name, value] {
                // A length takes seven bits, or more bytes.
                var rest = text.utf8.count
                block.append(UInt8(min(rest, 127)))
                if rest >= 127 {
                    rest -= 127
                    while rest >= 128 {
                        block.append(UInt8(rest % 128 + 128))
                        rest /= 128
                    }
                    block.append(UInt8(rest))
                }
                block += Array(text.utf8)
            }
        }
        send(Frame(type: 1, flags: isLast ? 5 : 4, stream: stream, payload: block), to: connection)
    }

    private func send(_ frame: Frame, to connection: Int32) {
        let count = frame.payload.count
        var bytes = [UInt8(count >> 16), UInt8(count >> 8 & 0xff), UInt8(count & 0xff), frame.type, frame.flags]
        bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: frame.stream >> UInt32($0)) }
        bytes += frame.payload
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    private func read(_ connection: Int32, _ unread: inout [UInt8]) -> Frame? {
        guard let head = take(9, from: connection, &unread) else { return nil }
        let count = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
        guard let payload = take(count, from: connection, &unread) else { return nil }
        let stream = head[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Frame(type: head[3], flags: head[4], stream: stream, payload: payload)
    }

    /// So many bytes, or `nil` at the end of the connection.
    private func take(_ count: Int, from connection: Int32, _ unread: inout [UInt8]) -> [UInt8]? {
        while unread.count < count {
            var chunk = [UInt8](repeating: 0, count: 64 * 1024)
            guard waitUntilReadable(connection) else { return nil }
            let received = recv(connection, &chunk, chunk.count, 0)
            guard received > 0 else { return nil }
            unread += chunk[..<received]
        }
        defer { unread.removeFirst(count) }
        return Array(unread[..<count])
    }
}

/// Bodies of answers: a byte that says whether the message is compressed, its length and the message.
enum GRPCBody {
    static let empty: [UInt8] = message([])

    static func message(_ bytes: [UInt8], isCompressed: Bool = false) -> [UInt8] {
        [isCompressed ? 1 : 0] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: bytes.count >> $0) } + bytes
    }
}
