import Foundation
import Glibc
import Synchronization

/// An OTLP receiver on loopback that keeps the spans it is sent, or treats who sends them badly.
final class SpanSink: Sendable {
    /// How the receiver behaves.
    enum Behaviour: String, Sendable, CaseIterable {
        case takesSpans, isDown, neverAnswers, answersNonsense
    }

    /// Where spans are to be sent.
    let url: String
    private let listener: Int32
    private let behaviour: Behaviour
    private let received = Mutex<[ReceivedSpan]>([])

    init(_ behaviour: Behaviour = .takesSpans) throws {
        self.behaviour = behaviour
        (listener, url) = try Self.listen(behaviour)
        // Who connects is refused, and nobody else gets the port.
        if behaviour == .isDown { return }
        Thread.detachNewThread { [weak self, listener] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { [weak self] in
                    self?.serve(connection)
                    Glibc.close(connection)
                }
            }
        }
    }

    private static func listen(_ behaviour: Behaviour) throws -> (Int32, String) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0
                    && (behaviour == .isDown || Glibc.listen(listener, 16) == 0)
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return (listener, "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))")
    }

    /// Ends the thread that accepts; those of connections end with the senders.
    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    /// What was received so far.
    var spans: [ReceivedSpan] { received.withLock(\.self) }

    /// The environment of a program that sends its spans here, at once.
    ///
    /// However busy the machine is, a receiver that takes them is waited for; one that never will isn't for long.
    var environment: [String: String] {
        let timeout = behaviour == .takesSpans ? "60000" : "500"
        return [
            "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "50", "OTEL_EXPORTER_OTLP_TIMEOUT": timeout,
            "OTEL_BSP_EXPORT_TIMEOUT": timeout,
        ]
    }

    private func serve(_ connection: Int32) {
        while let body = Self.request(on: connection) {
            let answer: String
            switch behaviour {
            case .takesSpans:
                received.withLock { $0 += ReceivedSpan.decode(body) }
                answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            case .isDown, .neverAnswers: continue
            case .answersNonsense: answer = "220 mail.example ESMTP\r\n"
            }
            guard send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return }
        }
    }

    /// The body of the next request; `nil` at the end of the connection.
    private static func request(on connection: Int32) -> Data? {
        var data = Data()
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            if let head = data.range(of: Data("\r\n\r\n".utf8)) {
                let text = String(decoding: data[..<head.lowerBound], as: UTF8.self).lowercased()
                let length = text.firstMatch(of: /content-length: *(\d+)/).flatMap { Int($0.1) } ?? 0
                if data.count >= head.upperBound + length {
                    return data[head.upperBound..<head.upperBound + length]
                }
            }
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            data += chunk[..<count]
        }
    }
}
