import ArgumentParser
import Foundation
import Logging
import NIOCore
import QueuertOTel
import QueuertPostgres
import ServiceLifecycle
import Tracing
import UnixSignals

/// Takes orders over HTTP, and processes them as job chains.
@main
struct HTTPService: AsyncParsableCommand {
    /// What a process does.
    enum Role: String, ExpressibleByArgument, CaseIterable {
        case web, worker, payments, all
    }

    static let configuration = CommandConfiguration(
        commandName: "http-service", abstract: "Takes orders over HTTP, and processes them as job chains.",
        discussion: """
            Stopped by SIGTERM or SIGINT, it answers the requests and ends the jobs that are under way. Where its traces go \
            is said by the variables of OpenTelemetry, such as OTEL_EXPORTER_OTLP_ENDPOINT.
            """)

    @Option(help: "What this process does.")
    var role = Role.all

    @Option(help: "The database, as libpq reads it; what it leaves out comes from PGHOST, PGUSER and so on.")
    var database = ""

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(help: "The port to take orders on; 0 for any that is free.")
    var port = 8080

    @Option(help: "Where the payment service is; the roles payments and all run one there.")
    var payments = "http://127.0.0.1:8081"

    func validate() throws {
        guard 0...65_535 ~= port else { throw ValidationError("--port has to be between 0 and 65535.") }
        guard let url = URL(string: payments), url.scheme == "http" || url.scheme == "https", url.host != nil else {
            throw ValidationError("--payments has to be an address such as http://127.0.0.1:8081.")
        }
    }

    func run() async throws {
        let environment = EnvironmentConfiguration()
        let hasName = environment.resource[attribute: "service.name"] != nil
        let telemetry = Telemetry(
            environment,
            resource: Resource(attributes: hasName ? [] : [Attribute("service.name", .string("http-service-\(role)"))]))
        // So that the server, the client and everything else that makes spans makes them here.
        InstrumentationSystem.bootstrap(telemetry.tracer)
        let result: Result<Void, any Error>
        do { result = .success(try await serve(telemetry)) } catch { result = .failure(error) }
        // Last, so that the spans of what was ended are sent too.
        await telemetry.shutdown()
        do {
            try result.get()
        } catch let error as PostgresError {
            complain("the database can't be used: \(error.reason). \(error.hint)")
            throw ExitCode.failure
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            complain("another program listens there already. Choose another --port, or another address of --payments.")
            throw ExitCode.failure
        }
    }

    private func serve(_ telemetry: Telemetry) async throws {
        let logger = Logger(label: "http-service")
        var services: [any Service] = []
        guard let paymentURL = URL(string: payments) else { return }
        if role == .payments || role == .all {
            services.append(
                makeHTTPServer(
                    host: paymentURL.host ?? host, port: paymentURL.port ?? 80, logger: logger,
                    routes: PaymentService().add
                ) { say("payments on http://\(paymentURL.host ?? host):\($0)") })
        }
        var shop: Shop?
        if role != .payments {
            let open = try await Shop(database: database, observability: telemetry.queue, logger: logger)
            if role == .worker || role == .all { services.append(try open.worker(payments: paymentURL)) }
            if role == .web || role == .all {
                services.append(
                    open.webServer(host: host, port: port) { [host] in say("orders on http://\(host):\($0)") })
            }
            shop = open
        }
        let result: Result<Void, any Error>
        do {
            // They are stopped from the last to the first: no new orders, then no more jobs, then no more payments.
            result = .success(
                try await ServiceGroup(
                    configuration: .init(
                        services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
                ).run())
        } catch {
            result = .failure(error)
        }
        await shop?.close()
        try result.get()
    }

}

/// Prints a line at once, also into a pipe.
private func say(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
private func complain(_ text: String) { FileHandle.standardError.write(Data("http-service: \(text)\n".utf8)) }
