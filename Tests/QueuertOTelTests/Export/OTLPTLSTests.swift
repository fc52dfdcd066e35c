import Foundation
import Logging
import SQLiteTestSupport
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

/// An authority that Debian's systems trust, and whose key is of the kind that the test's servers have.
private enum SystemAuthority {
    static let path = "/etc/ssl/certs/Amazon_Root_CA_3.pem"
    static let subject = "/C=US/O=Amazon/CN=Amazon Root CA 3"
}

@Suite("OTLP over TLS", .serialized, .timeLimit(.minutes(20))) struct OTLPTLSTests {
    private static func configuration(_ server: TLSServer, isGRPC: Bool) throws -> OTLPConfiguration {
        let url = "https://127.0.0.1:\(server.port)"
        var configuration = OTLPConfiguration(
            endpoint: isGRPC ? try OTLPEndpoint(grpc: url) : try OTLPEndpoint(base: url))
        configuration.certificateAuthorityPath = server.authorityPath
        // The server is another process, which a busy machine may leave waiting.
        configuration.timeout = .seconds(600)
        configuration.connectTimeout = .seconds(600)
        return configuration
    }

    /// What the reason says of each.
    private static let words: [TLSServer.Certificate: String] = [
        .expired: "has expired", .selfSigned: "self-signed", .ofAnotherHost: "another host",
        .ofUnknownAuthority: "authority is unknown",
    ]

    @Test(
        "X19 a receiver is trusted whose certificate an authority has signed that was named", arguments: [false, true])
    func trusted(isGRPC: Bool) async throws {
        try await withTemporaryFolder { folder in
            let server = try await TLSServer.start(.good, isGRPC ? .gRPC : .http1, in: folder)
            let log = RecordingLog()
            let exporter = OTLPSpanExporter(
                configuration: try Self.configuration(server, isGRPC: isGRPC), resource: Resource(),
                logger: log.logger())
            for number: UInt64 in 1...2 {
                let result = await onOwnThread { exporter.export([.small(number)], timeout: .seconds(30)) }
                #expect(result == .accepted(rejected: 0))
            }
            #expect(server.requestCount == 2)
            #expect(log.entries.isEmpty)
        }
    }

    @Test(
        "X19 a certificate that is not to be trusted costs what is exported: counted, logged once, with what is wrong",
        arguments: TLSServer.Certificate.allCases.filter { $0 != .good }, [false, true])
    func untrusted(certificate: TLSServer.Certificate, isGRPC: Bool) async throws {
        try await withTemporaryFolder { folder in
            let server = try await TLSServer.start(certificate, in: folder)
            let log = RecordingLog()
            let processor = BatchSpanProcessor(
                exporter: OTLPSpanExporter(
                    configuration: try Self.configuration(server, isGRPC: isGRPC), resource: Resource(),
                    logger: log.logger()),
                logger: log.logger())
            for number: UInt64 in 1...2 {
                processor.spanEnded(.small(number))
                #expect(await processor.flush(timeout: .seconds(60)) == .failure)
            }
            #expect(processor.statistics.failedByCause == [.untrustedReceiver: 2])
            let warnings = log.entries.filter { $0.level == .warning }
            #expect(warnings.count == 1)
            let reason = warnings.first?.metadata["queuert.reason"] ?? ""
            #expect(reason.contains("certificate is not accepted"))
            #expect(reason.contains(try #require(Self.words[certificate])), "\(reason)")
            #expect(reason.contains("OTEL_EXPORTER_OTLP_CERTIFICATE"))
            #expect(!reason.contains("127.0.0.1") && !reason.contains("elsewhere.example"))
            #expect(server.requestCount == 0)
        }
    }

    @Test(
        "X19 where an authority is named, those that the system trusts are not asked",
        .enabled(if: FileManager.default.fileExists(atPath: SystemAuthority.path)))
    func systemAuthorities() async throws {
        try await withTemporaryFolder { folder in
            // Who knew the system's would say that the signature is wrong, and not that the authority is unknown.
            let server = try await TLSServer.start(
                .ofUnknownAuthority, unknownAuthority: SystemAuthority.subject, in: folder)
            let exporter = OTLPSpanExporter(
                configuration: try Self.configuration(server, isGRPC: false), resource: Resource(),
                logger: RecordingLog().logger())
            let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(600)) }
            #expect(result.cause == .untrustedReceiver)
            #expect("\(result)".contains("its authority is unknown"), "\(result)")
            #expect(server.requestCount == 0)
        }
    }

    @Test("over gRPC, a receiver that agrees on HTTP/1.1 only is told apart")
    func withoutHTTP2() async throws {
        try await withTemporaryFolder { folder in
            let server = try await TLSServer.start(.good, in: folder)
            let exporter = OTLPSpanExporter(
                configuration: try Self.configuration(server, isGRPC: true), resource: Resource(),
                logger: RecordingLog().logger())
            let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(600)) }
            #expect(result.cause == .unreadableAnswer, "\(result)")
            #expect(server.requestCount == 1)
        }
    }

    @Test(
        "X19 a receiver that demands a certificate takes what comes with ours, and nothing without",
        arguments: [false, true])
    func clientCertificate(isGRPC: Bool) async throws {
        try await withTemporaryFolder { folder in
            let server = try await TLSServer.start(
                .good, isGRPC ? .gRPC : .http1, demandsClientCertificate: true, in: folder)
            var configuration = try Self.configuration(server, isGRPC: isGRPC)
            func export(_ configuration: OTLPConfiguration) async -> ExportResult {
                let sender = OTLPSender<SpanData>(
                    configuration: configuration, resource: Resource(), logger: RecordingLog().logger(),
                    clock: ManualExportClock(), retries: RetryPolicy(jitter: { $0 }))
                return await onOwnThread { sender.export([.small()], timeout: .seconds(30)) }
            }
            let without = await export(configuration)
            #expect(without.cause != nil, "\(without)")
            #expect(server.requestCount == 0)
            configuration.clientCertificate = server.clientCertificate
            #expect(await export(configuration) == .accepted(rejected: 0))
            #expect(server.requestCount == 1)
        }
    }

    @Test("an outbox keeps what it can't send to a receiver that is not to be trusted")
    func outbox() async throws {
        try await withTemporaryFolder { folder in
            let server = try await TLSServer.start(.expired, in: folder)
            let log = RecordingLog()
            let outbox = try TelemetryOutbox(path: "\(folder)/outbox.sqlite", logger: log.logger())
            let exporter = OTLPSpanExporter(
                configuration: try Self.configuration(server, isGRPC: false), resource: Resource(), outbox: outbox,
                logger: log.logger())
            let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(30)) }
            #expect(result == .accepted(rejected: 0))
            #expect(await outbox.flush(timeout: .seconds(60)) == .failure)
            #expect(outbox.keptItems == 1 && outbox.statistics.refused == 0)
            #expect(log.entries.filter { "\($0.metadata)".contains("has expired") }.count == 1)
            #expect(server.requestCount == 0)
        }
    }

    @Test("an outbox keeps what it can't send for want of a file of its own, told once, until the file is there")
    func missingFile() async throws {
        try await withTemporaryFolder { folder in
            let server = try await TLSServer.start(.good, demandsClientCertificate: true, in: folder)
            var configuration = try Self.configuration(server, isGRPC: false)
            configuration.clientCertificate = server.clientCertificate
            let key = try #require(server.clientCertificate?.keyPath)
            try FileManager.default.moveItem(atPath: key, toPath: "\(key).away")
            let log = RecordingLog()
            let outbox = try TelemetryOutbox(path: "\(folder)/outbox.sqlite", logger: log.logger())
            let exporter = OTLPSpanExporter(
                configuration: configuration, resource: Resource(), outbox: outbox, logger: log.logger())
            let result = await onOwnThread { exporter.export([.small()], timeout: .seconds(600)) }
            #expect(result == .accepted(rejected: 0))
            for _ in 1...2 { #expect(await outbox.flush(timeout: .seconds(600)) == .failure) }
            #expect(outbox.keptItems == 1 && outbox.statistics.refused == 0)
            #expect(log.entries.filter { "\($0.metadata)".contains("sent as configured") }.count == 1)
            try FileManager.default.moveItem(atPath: "\(key).away", toPath: key)
            #expect(await outbox.flush(timeout: .seconds(600)) == .success)
            #expect(outbox.keptItems == 0 && outbox.statistics.sent == 1)
            #expect(server.requestCount == 1)
        }
    }
}
