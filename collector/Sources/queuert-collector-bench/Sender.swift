import Foundation

/// Posts over one connection that is kept, and waits for each answer.
final class Sender {
    /// The connection broke, or the answer wasn't 200.
    struct Failure: Error { let status: Int }

    private let connection: Int32
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)

    init(port: UInt16) throws {
        connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(status: 0) }
    }

    deinit { close(connection) }

    /// Posts spans.
    func post(_ body: [UInt8], coding: String?) throws {
        var head = "POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-protobuf\r\n"
        if let coding { head += "Content-Encoding: \(coding)\r\n" }
        head += "Content-Length: \(body.count)\r\n\r\n"
        try write(Array(head.utf8) + body)
        _ = try answer()
    }

    /// Reads a page.
    func get(_ path: String) throws -> [UInt8] {
        try write(Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".utf8))
        return try answer()
    }

    private func write(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                send(connection, buffer.baseAddress.map { $0 + sent }, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(status: 0) }
            sent += count
        }
    }

    private func answer() throws -> [UInt8] {
        var received: [UInt8] = []
        var end: Int?
        while end == nil {
            try read(into: &received)
            end = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
        }
        let body = end ?? 0
        let head = String(decoding: received[..<body], as: UTF8.self).lowercased()
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let length =
            head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).filter(\.isNumber)) } ?? 0
        while received.count < body + length { try read(into: &received) }
        guard status == 200 else { throw Failure(status: status) }
        return Array(received[body...])
    }

    private func read(into received: inout [UInt8]) throws {
        let count = recv(connection, &buffer, buffer.count, 0)
        guard count > 0 else { throw Failure(status: 0) }
        received += buffer[..<count]
    }
}
