import Logging
import Queuert
import Testing

@testable import QueuertPostgres

/// Addresses that libpq can't read.
private let unreadableAddresses = [
    "postgresql://app:p%s3cr3t@localhost/app", "host=/nowhere user=app password=my s3cr3t",
]

/// Addresses of which libpq takes a part of the password for the host, or for the port.
private let misreadAddresses = [
    // No name server is asked for a name that has so long a part.
    "postgresql://app:my@s3cr3t@\(String(repeating: "x", count: 64))/app",
    "postgresql://app:s3cr3t/more@localhost/app",
]

@Suite("Connections to PostgreSQL that can't be made", .timeLimit(.minutes(20))) struct ConnectionFailureTests {
    @Test(
        "are told without what may be the password, whatever libpq takes it for",
        arguments: unreadableAddresses + misreadAddresses)
    func password(_ address: String) async {
        let texts = NotedTexts()
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresPool(
                address, configuration: .init(acquisitionTimeout: .milliseconds(50)),
                logger: Logger(label: "test") { _ in NotedLog(texts: texts) })
        }
        #expect(error?.code == .cannotConnect)
        #expect(error?.details == [])
        for text in texts.all + [error.map { String(reflecting: $0) } ?? ""] {
            #expect(!text.contains("s3cr3t"), "\(text)")
        }
    }

    @Test(
        "because the address can't be read are told at once, with what may be wrong with it",
        arguments: unreadableAddresses)
    func malformed(_ address: String) async {
        let texts = NotedTexts()
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresPool(address, logger: Logger(label: "test") { _ in NotedLog(texts: texts) })
        }
        #expect(error.map { "\($0)".contains("percent-encode") } == true)
        #expect(texts.all.filter { $0.contains("could not be made") }.count == 1)
    }

    @Test("because the system refuses a thread are told as such")
    func noThread() async {
        let error = await ThreadExecutor.refusingThreads {
            await #expect(throws: PostgresError.self) {
                _ = try await PostgresPool(
                    "host=/nowhere", configuration: .init(acquisitionTimeout: .zero), logger: TestDatabase.quietLogger)
            }
        }
        #expect(error?.code == .cannotConnect)
        #expect(error?.hint.contains("limit of threads") == true)
    }

    @Test(
        "in time are given up after whole seconds, of which libpq takes two at least and can count so many",
        arguments: [
            (.seconds(5), "5"), (.milliseconds(2_900), "2"), (.zero, "2"), (.seconds(-1), "2"),
            (.seconds(Int64.max), "2000000"),
        ] as [(Duration, String)])
    func connectTimeout(_ timeout: Duration, _ seconds: String) {
        let defaults = PostgresPool.Configuration(connectTimeout: timeout).connectionDefaults
        let told = defaults.filter { $0.0 == "connect_timeout" }.map(\.1)
        #expect(told == [seconds])
    }

    @Test("are told in libpq's words to developers, if the address holds no password")
    func details() async {
        let error = await #expect(throws: PostgresError.self) {
            _ = try await PostgresPool(
                "host=/nowhere", configuration: .init(acquisitionTimeout: .milliseconds(50)),
                logger: TestDatabase.quietLogger)
        }
        #expect(error.map { String(reflecting: $0).contains("/nowhere") } == true)
    }
}
