import Foundation
import Glibc
import ProcessTestSupport
import QueuertOTel

/// A server with TLS on loopback, and the certificates that it may show: Python's, as a real one that is not ours.
///
/// It takes any request over HTTP/1.1, or any call over gRPC, of which it speaks as much as one client with one call at
/// a time needs.
final class TLSServer: Sendable {
    /// What is wrong with its certificate.
    enum Certificate: String, CaseIterable, Sendable {
        case good, expired, selfSigned, ofAnotherHost, ofUnknownAuthority
    }

    /// What it agrees on with a client.
    enum Version: String, Sendable {
        case http1 = "http/1.1"
        case gRPC = "h2"
    }

    let port: UInt16
    /// The authority that a client is told of.
    let authorityPath: String
    /// What a client may prove its identity with; only there if the server demands it.
    let clientCertificate: OTLPConfiguration.ClientCertificate?
    private let requestsPath: String
    private let process: ChildProcess

    /// Makes the certificates in a folder, and starts the server.
    ///
    /// `unknownAuthority` is how the certificate of one that is unknown calls it, as openssl's option `-subj` has it.
    static func start(
        _ certificate: Certificate, _ version: Version = .http1, demandsClientCertificate: Bool = false,
        unknownAuthority: String = "/CN=unknown", in folder: String
    ) async throws -> TLSServer {
        // It waits for other processes, which must hold up no thread of Swift's pool.
        try await onOwnThread {
            Result {
                try TLSServer(
                    certificate, version, demandsClientCertificate: demandsClientCertificate,
                    unknownAuthority: unknownAuthority, in: folder)
            }
        }.get()
    }

    private init(
        _ certificate: Certificate, _ version: Version, demandsClientCertificate: Bool, unknownAuthority: String,
        in folder: String
    ) throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        func file(_ name: String) -> String { "\(folder)/\(name)" }
        func authority(_ name: String, subject: String) throws {
            try Self.openssl(
                ["req", "-x509", "-days", "1", "-subj", subject] + key + [
                    "-keyout", file("\(name).key"), "-out", file("\(name).pem"),
                ])
        }
        authorityPath = file("authority.pem")
        requestsPath = file("requests")
        try authority("authority", subject: "/CN=authority")
        if certificate == .ofUnknownAuthority { try authority("unknown", subject: unknownAuthority) }
        let host = certificate == .ofAnotherHost ? "DNS:elsewhere.example" : "IP:127.0.0.1"
        let signer = certificate == .ofUnknownAuthority ? "unknown" : "authority"
        if certificate == .selfSigned {
            try Self.openssl(
                ["req", "-x509", "-days", "1", "-subj", "/CN=receiver", "-addext", "subjectAltName=\(host)"] + key + [
                    "-keyout", file("receiver.key"), "-out", file("receiver.pem"),
                ])
        } else {
            // Of an authority that is unknown only the name is told, so that it may be taken for another.
            var options = key
            if certificate == .ofUnknownAuthority { options += ["-addext", "authorityKeyIdentifier=none"] }
            try Self.openssl(
                ["req", "-new", "-subj", "/CN=receiver", "-addext", "subjectAltName=\(host)"] + options + [
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
        var arguments = [
            "python3", "-c", Self.script, file("receiver.pem"), file("receiver.key"), requestsPath, version.rawValue,
        ]
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
        context.set_alpn_protocols([sys.argv[4]])
        if len(sys.argv) > 5:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(sys.argv[5])

        def record():
            with open(sys.argv[3], "a") as requests:
                requests.write("request\\n")

        def serve_http1(tls):
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
                record()
                tls.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n")

        DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
        END_STREAM, ACK, END_HEADERS = 1, 1, 4

        def frame(kind, flags, stream, payload=b""):
            return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload

        # Without compression: literals, not indexed, with new names.
        def headers(*fields):
            return b"".join(
                bytes([0, len(name)]) + name + bytes([len(value)]) + value for name, value in fields)

        def serve_grpc(tls):
            reader = tls.makefile("rb")
            reader.read(24)  # the preface
            tls.sendall(frame(SETTINGS, 0, 0))
            body = b""
            while len(head := reader.read(9)) == 9:
                payload = reader.read(int.from_bytes(head[:3], "big"))
                kind, flags, stream = head[3], head[4], int.from_bytes(head[5:], "big")
                if kind == SETTINGS and not flags & ACK:
                    tls.sendall(frame(SETTINGS, ACK, 0))
                elif kind == PING and not flags & ACK:
                    tls.sendall(frame(PING, ACK, 0, payload))
                elif kind == DATA:
                    body += payload
                    if flags & END_STREAM:
                        # One message, not compressed, behind its length.
                        if body[:1] == bytes(1) and int.from_bytes(body[1:5], "big") == len(body) - 5:
                            record()
                        body = b""
                        head = headers((b":status", b"200"), (b"content-type", b"application/grpc"))
                        tls.sendall(
                            frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, 0, stream, bytes(5))
                            + frame(HEADERS, END_HEADERS | END_STREAM, stream, headers((b"grpc-status", b"0"))))

        def serve(connection):
            try:
                with context.wrap_socket(connection, server_side=True) as tls:
                    (serve_grpc if tls.selected_alpn_protocol() == "h2" else serve_http1)(tls)
            except OSError:
                pass

        listener = socket.create_server(("127.0.0.1", 0))
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=serve, args=(connection,), daemon=True).start()
        """
}
