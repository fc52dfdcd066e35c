import Foundation
import Synchronization

/// A server with TLS on loopback, and the certificates that it may show: Python's, as a real one that is not ours.
///
/// It takes any request over HTTP/1.1, and agrees to HTTP/2 without ever getting to speak it.
final class TLSServer {
    /// What is wrong with its certificate.
    enum Certificate: String, CaseIterable, Sendable {
        case good, expired, selfSigned, ofAnotherHost, ofUnknownAuthority
    }

    let port: UInt16
    /// The authority that a client is told of.
    let authorityPath: String
    private let process = Process()
    private let output = Pipe()

    /// Makes the certificates in a folder, and starts the server.
    init(_ certificate: Certificate, in folder: String) throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        func file(_ name: String) -> String { "\(folder)/\(name)" }
        func authority(_ name: String) throws {
            try Self.openssl(
                ["req", "-x509", "-days", "1", "-subj", "/CN=\(name)"] + key + [
                    "-keyout", file("\(name).key"), "-out", file("\(name).pem"),
                ])
        }
        authorityPath = file("authority.pem")
        try authority("authority")
        if certificate == .ofUnknownAuthority { try authority("unknown") }
        let host = certificate == .ofAnotherHost ? "DNS:elsewhere.example" : "IP:127.0.0.1"
        let signer = certificate == .ofUnknownAuthority ? "unknown" : "authority"
        if certificate == .selfSigned {
            try Self.openssl(
                ["req", "-x509", "-days", "1", "-subj", "/CN=receiver", "-addext", "subjectAltName=\(host)"] + key + [
                    "-keyout", file("receiver.key"), "-out", file("receiver.pem"),
                ])
        } else {
            try Self.openssl(
                ["req", "-new", "-subj", "/CN=receiver", "-addext", "subjectAltName=\(host)"] + key + [
                    "-keyout", file("receiver.key"), "-out", file("receiver.csr"),
                ])
            try Self.openssl([
                "x509", "-req", "-in", file("receiver.csr"), "-CA", file("\(signer).pem"), "-CAkey",
                file("\(signer).key"), "-days", certificate == .expired ? "-1" : "1", "-copy_extensions", "copy",
                "-out",
                file("receiver.pem"),
            ])
        }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, file("receiver.pem"), file("receiver.key")]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        port = UInt16(try Self.line(output.fileHandleForReading)) ?? 0
    }

    deinit { process.terminate() }

    /// Ends the server.
    ///
    /// - Returns: How many requests it has read.
    func stop() throws -> Int {
        process.terminate()
        let rest = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: rest, as: UTF8.self).split(separator: "\n").count
    }

    /// A command of openssl failed.
    private struct Failure: Error { let arguments: [String] }

    private static func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(arguments: arguments) }
    }

    private static func line(_ file: FileHandle) throws -> String {
        var line = ""
        while let byte = try file.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            line.unicodeScalars.append(Unicode.Scalar(byte))
        }
        return line
    }

    private static let script = """
        import socket, ssl, sys
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        context.set_alpn_protocols(["h2", "http/1.1"])
        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            try:
                with context.wrap_socket(connection, server_side=True) as tls:
                    data = b""
                    while b"\\r\\n\\r\\n" not in data:
                        data += tls.recv(65536) or b"\\r\\n\\r\\n"
                    head, _, body = data.partition(b"\\r\\n\\r\\n")
                    size = next((int(l.split(b":")[1]) for l in head.lower().split(b"\\r\\n") if l.startswith(b"content-length")), 0)
                    while len(body) < size:
                        body += tls.recv(65536)
                    if head:
                        print("request", flush=True)
                        tls.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
            except OSError:
                pass
        """
}
