import ExamplePostgresTesting
import Foundation
import HTTPTypes
import Logging
import Queuert
import QueuertOTel
import QueuertPostgres
import QueuertTraceTesting
import ServiceLifecycle
import Testing
import Tracing

@testable import HTTPService

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A shop that takes orders over HTTP and processes them, and a payment service, each with a server of its own.
struct RunningShop: Sendable {
    let shop: Shop
    let customer: ShopCustomer
    let payments: PaymentService
    let paymentServer: URL
    let recorder: TraceRecorder

    /// The first column of a query's first row.
    func text(_ sql: String) async throws -> String? { try await shop.text(sql) }

    /// Waits until everything that is to be done for an order is done.
    func outcome(of order: UUID) async throws -> OrderOutcome { try await shop.outcome(of: order) }
}

extension Shop {
    func text(_ sql: String) async throws -> String? {
        try await client.adapter.pool.read { db in try db.query(sql).first?[0] }
    }

    func outcome(of order: UUID) async throws -> OrderOutcome {
        let chain = try await text("SELECT chain FROM orders WHERE id = '\(order)'")
        return try await client.awaitJobChain(Chain<ReserveStock>(id: JobID(rawValue: chain ?? ""))).output
    }
}

/// Sends requests to a shop.
struct ShopCustomer: Sendable {
    let server: URL
    let http = TracedHTTPClient(timeout: .seconds(60))

    func post(_ body: String, key: String? = nil) async throws -> TracedHTTPClient.Answer {
        var request = URLRequest(url: server.appendingPathComponent("orders"))
        request.httpMethod = "POST"
        if let key { request.setValue(key, forHTTPHeaderField: "Idempotency-Key") }
        request.httpBody = Data(body.utf8)
        return try await http.send(request)
    }

    func get(_ path: String) async throws -> TracedHTTPClient.Answer {
        try await http.send(URLRequest(url: server.appendingPathComponent(path)))
    }

    /// Orders something, and returns the order's identifier.
    func order(
        _ product: String, quantity: Int = 1, by customer: String = "alice@example.com", key: String? = nil
    ) async throws -> UUID {
        let body = #"{"product": "\#(product)", "quantity": \#(quantity), "customer": "\#(customer)"}"#
        return try JSONDecoder().decode(OrderView.self, from: try await post(body, key: key).body).id
    }

    func show(_ order: UUID) async throws -> OrderView {
        try JSONDecoder().decode(OrderView.self, from: try await get("orders/\(order)").body)
    }
}

/// Runs a body with a shop whose spans, and those of its customers and of the payment service, are recorded.
nonisolated(nonsending) func withRunningShop(
    failingFirst failures: Int = 0, with failure: HTTPResponse.Status = .serviceUnavailable,
    _ body: nonisolated(nonsending) (RunningShop) async throws -> Void
) async throws {
    try await withTraceRecording { recorder in
        let instrumentation = QueueInstrumentation(
            tracer: recorder.tracer, configuration: .init(waitThreshold: waitThreshold), logger: quiet)
        let payments = PaymentService(failingFirst: failures, with: failure)
        try await withRunningShop(observability: instrumentation, recorder, payments, body)
    }
}

/// Runs a body with a shop whose spans, and those of its customers and of the payment service, are another tracer's.
nonisolated(nonsending) func withRunningShop(
    tracedBy tracer: any Tracer, _ body: nonisolated(nonsending) (RunningShop) async throws -> Void
) async throws {
    let instrumentation = DistributedTracingInstrumentation(
        tracer: tracer, configuration: .init(waitThreshold: waitThreshold), logger: quiet)
    try await withTracer(tracer) { () async throws -> Void in
        try await withRunningShop(observability: instrumentation, TraceRecorder(), PaymentService(), body)
    }
}

private nonisolated(nonsending) func withRunningShop(
    observability: any ObservabilityAdapter, _ recorder: TraceRecorder, _ payments: PaymentService,
    _ body: nonisolated(nonsending) (RunningShop) async throws -> Void
) async throws {
    try await withExampleDatabase { database in
        let shop = try await Shop(database: database, observability: observability, logger: quiet)
        try await withServer { onReady in
            makeHTTPServer(host: "127.0.0.1", port: 0, logger: quiet, routes: payments.add, onReady: onReady)
        } _: { paymentServer in
            try await withService(try shop.worker(payments: paymentServer, confirm: { _ in })) {
                try await withServer { onReady in
                    shop.webServer(host: "127.0.0.1", port: 0, onReady: onReady)
                } _: { server in
                    try await body(
                        RunningShop(
                            shop: shop, customer: ShopCustomer(server: server), payments: payments,
                            paymentServer: paymentServer, recorder: recorder))
                }
            }
        }
        await shop.close()
    }
}

/// Runs a body while a server runs.
nonisolated(nonsending) func withServer(
    _ make: (_ onReady: @escaping @Sendable (Int) async -> Void) -> any Service,
    _ body: nonisolated(nonsending) (URL) async throws -> Void
) async throws {
    let (ports, found) = AsyncStream<Int>.makeStream()
    try await withService(make { found.yield($0) }) {
        for await port in ports {
            try await body(try #require(URL(string: "http://127.0.0.1:\(port)")))
            break
        }
    }
}

/// Runs a body while a service runs, and stops the service as a signal would.
nonisolated(nonsending) func withService(
    _ service: any Service, _ body: nonisolated(nonsending) () async throws -> Void
) async throws {
    let group = ServiceGroup(configuration: .init(services: [service], logger: quiet))
    async let running: Void = group.run()
    let result: Result<Void, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    await group.triggerGracefulShutdown()
    try await running
    try result.get()
}

/// How long a job waits for a worker depends on the machine, and is not what is tested.
private var waitThreshold: Duration { .seconds(3600) }

private var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
