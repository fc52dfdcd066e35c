import Foundation
import Logging
import SQLiteTestSupport
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("OTLP over TLS", .serialized, .timeLimit(.minutes(5))) struct OTLPTLSTests {
    private static func configuration(_ server: TLSServer, isGRPC: Bool) throws -> OTLPConfiguration {
        let url = "https://127.0.0.1:\(server.port)"
        var configuration = OTLPConfiguration(
            endpoint: isGRPC ? try OTLPEndpoint(grpc: url) : try OTLPEndpoint(base: url))
        configuration.certificateAuthorityPath = server.authorityPath
        return configuration
    }

    /// What the reason says of each.
    private static let words: [TLSServer.Certificate: String] = [
        .expired: "has expired", .selfSigned: "self-signed", .ofAnotherHost: "another host",
        .ofUnknownAuthority: "authority is unknown",
    ]

    @Test("X19 a receiver is trusted whose certificate an authority has signed that was named")
    func trusted() async throws {
        try await withTemporaryFolder { folder in
            let server = try await TLSServer.start(.good, in: folder)
            let log = RecordingLog()
            let exporter = OTLPSpanExporter(
                configuration: try Self.configuration(server, isGRPC: false), resource: Resource(),
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
            let (log, losses) = (RecordingLog(), RecordingLog())
            let processor = BatchSpanProcessor(
                exporter: OTLPSpanExporter(
                    configuration: try Self.configuration(server, isGRPC: isGRPC), resource: Resource(),
                    logger: log.logger()),
                logger: losses.logger())
            for number: UInt64 in 1...2 {
                processor.spanEnded(.small(number))
                #expect(await processor.flush(timeout: .seconds(60)) == .failure)
            }
            #expect(processor.statistics.failed == 2)
            #expect(log.levels == [.warning] && losses.levels == [.warning])
            let reason = "\(losses.entries[0].metadata["queuert.reason"] ?? "")"
            #expect(reason.contains("certificate is not accepted"))
            #expect(reason.contains(try #require(Self.words[certificate])), "\(reason)")
            #expect(reason.contains("OTEL_EXPORTER_OTLP_CERTIFICATE"))
            #expect(!reason.contains("127.0.0.1") && !reason.contains("elsewhere.example"))
            #expect(server.requestCount == 0)
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
}
