import Foundation
import Glibc
import ProcessTestSupport
import QueuertOTel

/// A server with TLS on loopback, and the certificates that it may show: Python's, as a real one that is not ours.
///
/// It takes any request over HTTP/1.1, and speaks nothing else.
final class TLSServer: Sendable {
    /// What is wrong with its certificate.
    enum Certificate: String, CaseIterable, Sendable {
        case good, expired, selfSigned, ofAnotherHost, ofUnknownAuthority
    }

    let port: UInt16
    /// The authority that a client is told of.
    let authorityPath: String
    /// What a client may prove its identity with; only there if the server demands it.
    let clientCertificate: OTLPConfiguration.ClientCertificate?
    private let requestsPath: String
    private let process: ChildProcess

    /// Makes the certificates in a folder, and starts the server.
    static func start(
        _ certificate: Certificate, demandsClientCertificate: Bool = false, in folder: String
    ) async throws -> TLSServer {
        // It waits for other processes, which must hold up no thread of Swift's pool.
        try await onOwnThread {
            Result { try TLSServer(certificate, demandsClientCertificate: demandsClientCertificate, in: folder) }
        }.get()
    }

    private init(_ certificate: Certificate, demandsClientCertificate: Bool, in folder: String) throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        func file(_ name: String) -> String { "\(folder)/\(name)" }
        func authority(_ name: String) throws {
            try Self.openssl(
                ["req", "-x509", "-days", "1", "-subj", "/CN=\(name)"] + key + [
                    "-keyout", file("\(name).key"), "-out", file("\(name).pem"),
                ])
        }
        authorityPath = file("authority.pem")
        requestsPath = file("requests")
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
        if demandsClientCertificate {
            try Self.openssl(
                ["req", "-new", "-subj", "/CN=service"] + key + [
                    "-keyout", file("service.key"), "-out", file("service.csr"),
                ])
            try Self.openssl([
                "x509", "-req", "-in", file("service.csr"), "-CA", authorityPath, "-CAkey", file("authority.key"),
                "-days", "1", "-out", file("service.pem"),
            ])
        }
        clientCertificate =
            demandsClientCertificate
            ? OTLPConfiguration.ClientCertificate(
                certificatePath: file("service.pem"), keyPath: file("service.key")) : nil
        let output = try ProgramOutput()
        var arguments = ["python3", "-c", Self.script, file("receiver.pem"), file("receiver.key"), requestsPath]
        if demandsClientCertificate { arguments.append(authorityPath) }
        process = try ChildProcess(
            "/usr/bin/env", arguments, output: output.output, errors: .none)
        output.closeWriting()
        port = UInt16(output.line()) ?? 0
    }

    // A child of one of Swift's threads has inherited that signals are blocked, all but this one.
    deinit {
        kill(process.id, SIGKILL)
        _ = process.wait()
    }

    /// How many requests it has read.
    var requestCount: Int {
        let text = (try? String(contentsOfFile: requestsPath, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").count
    }

    /// A command of openssl failed.
    private struct Failure: Error { let arguments: [String] }

    private static func openssl(_ arguments: [String]) throws {
        let process = try ChildProcess("/usr/bin/env", ["openssl"] + arguments, output: .none, errors: .none)
        guard process.wait() == 0 else { throw Failure(arguments: arguments) }
    }

    private static let script = """
        import socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        context.set_alpn_protocols(["http/1.1"])
        if len(sys.argv) > 4:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(sys.argv[4])

        def serve(connection):
            try:
                with context.wrap_socket(connection, server_side=True) as tls:
                    data = b""
                    while True:
                        while b"\\r\\n\\r\\n" not in data:
                            more = tls.recv(65536)
                            if not more:
                                return
                            data += more
                        head, _, data = data.partition(b"\\r\\n\\r\\n")
                        lines = head.lower().split(b"\\r\\n")
                        size = int(next(line for line in lines if line.startswith(b"content-length")).split(b":")[1])
                        while len(data) < size:
                            data += tls.recv(65536)
                        data = data[size:]
                        with open(sys.argv[3], "a") as requests:
                            requests.write("request\\n")
                        tls.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")
            except OSError:
                pass

        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
        """
}
