import HTTPTestSupport
import Synchronization
import Testing

@testable import QueuertOTel

@Suite("OTLP exporter, provided headers", .timeLimit(.minutes(20))) struct OTLPHeaderProviderTests {
    /// Gives another token each time that it is asked.
    private final class Tokens: Sendable {
        private let given = Mutex(0)
        var provider: OTLPConfiguration.HeaderProvider {
            OTLPConfiguration.HeaderProvider {
                let number = self.given.withLock { given in
                    given += 1
                    return given
                }
                return ["authorization": "Bearer \(number)"]
            }
        }
    }

    @Test("a token that has expired is asked for once more, and what was refused is sent again at once")
    func expired() async throws {
        let tokens = Tokens()
        let fixture = try ExporterFixture([.respond(401)]) {
            $0.headers = ["Authorization": "Bearer configured", "X-Tenant": "shop"]
            $0.headerProvider = tokens.provider
        }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        let headers = fixture.server.requests.map(\.headers)
        #expect(headers.map { $0["authorization"] } == ["Bearer 1", "Bearer 2"])
        #expect(headers.allSatisfy { $0["x-tenant"] == "shop" })
        #expect(fixture.clock.waits.isEmpty && fixture.log.entries.isEmpty)
    }

    @Test("a receiver that accepts no token is asked twice, and has refused the batch then")
    func refused() async throws {
        let tokens = Tokens()
        let fixture = try ExporterFixture(then: .respond(401)) { $0.headerProvider = tokens.provider }
        defer { fixture.server.stop() }
        let result = await fixture.export()
        #expect(
            result == .refused(reason: "The receiver answered with status 401.", cause: .status(401)))
        #expect(fixture.server.requests.count == 2)
    }

    @Test("headers are provided for each try")
    func eachTry() async throws {
        let tokens = Tokens()
        let fixture = try ExporterFixture([.respond(503), .respond(401)]) { $0.headerProvider = tokens.provider }
        defer { fixture.server.stop() }
        #expect(await fixture.export() == .accepted(rejected: 0))
        #expect(
            fixture.server.requests.map { $0.headers["authorization"] } == ["Bearer 1", "Bearer 2", "Bearer 3"])
        #expect(fixture.clock.waits == [.seconds(1)])
    }

    @Test("what is provided and can't be sent is left out, and told once without its value")
    func leftOut() async throws {
        let fixture = try ExporterFixture {
            $0.headerProvider = OTLPConfiguration.HeaderProvider {
                ["Content-Type": "text/secret", "X-Split": "secret\r\nX-Injected: 1"]
            }
        }
        defer { fixture.server.stop() }
        for _ in 1...2 { #expect(await fixture.export() == .accepted(rejected: 0)) }
        let headers = try #require(fixture.server.requests.last).headers
        #expect(headers["content-type"] == "application/x-protobuf" && headers["x-injected"] == nil)
        #expect(fixture.log.entries.count == 2 && !"\(fixture.log.entries)".contains("secret"))
    }

    @Test("a provider is equal to its copies only, and shows nothing of what it gives")
    func equality() {
        let provider = OTLPConfiguration.HeaderProvider { ["X-Key": "secret"] }
        let (one, copy) = (OTLPConfiguration(headerProvider: provider), OTLPConfiguration(headerProvider: provider))
        let other = OTLPConfiguration(headerProvider: OTLPConfiguration.HeaderProvider { ["X-Key": "secret"] })
        #expect(one == copy && one.hashValue == copy.hashValue)
        #expect(one != other)
        #expect(!"\(one) \(String(reflecting: one))".contains("secret"))
    }
}
