import Foundation
import Logging
import Queuert
import QueuertOTel
import QueuertPostgres
import ServiceLifecycle

/// The shop's connections and its queue, which the web server and the worker share.
struct Shop: Sendable {
    let client: Client<PostgresStateAdapter>
    private let notify: PostgresNotify
    private let http = TracedHTTPClient()
    private let logger: Logger

    /// Connects to the database, and makes the tables that are missing.
    ///
    /// The queue's tables go where the connection's search path leads, beside the shop's own.
    init(
        database: String, observability: (any ObservabilityAdapter)?, logger: Logger = Logger(label: "http-service")
    ) async throws {
        self.logger = logger
        // Each atomic job holds a connection while it runs; the worker claims and settles on one, requests have the rest.
        let pool = try await PostgresPool(
            database, configuration: .init(maximumConnections: Self.concurrency + 6, applicationName: "http-service"),
            logger: logger)
        let schema = try await pool.read { db in try db.query("SELECT current_schema()").first?[0] } ?? "public"
        let adapter = PostgresStateAdapter(pool: pool, schema: schema, logger: logger)
        try await adapter.migrate()
        try await OrderTable.create(in: pool)
        // A request in one process wakes the worker in another. Queues in one database have channels of their own.
        notify = PostgresNotify(database, channel: schema, logger: logger)
        client = Client(adapter: adapter, notify: notify, observability: observability, logger: logger)
    }

    /// How many jobs run at once.
    static let concurrency = 10

    /// After so many failed attempts a person has to look: if the payment service is away, after some 20 minutes.
    static let maximumAttempts = 30

    /// The server that takes orders.
    func webServer(
        host: String, port: Int, onReady: @escaping @Sendable (Int) async -> Void
    ) -> any Service {
        makeHTTPServer(
            host: host, port: port, logger: logger, routes: OrderRoutes(client: client).add, onReady: onReady)
    }

    /// The worker that processes orders.
    func worker(
        payments: URL, confirm: (@Sendable (UUID) async throws -> Void)? = nil
    ) throws -> WorkerService {
        let processors = OrderProcessors(
            payments: PaymentClient(service: payments, http: http),
            confirm: confirm ?? { [logger] order in
                logger.info("A confirmation was sent.", metadata: ["order": "\(order)"])
            })
        let worker = try Worker(
            client: client, processors: processors.all,
            configuration: .init(
                name: "shop", concurrency: Self.concurrency, maximumAttempts: Self.maximumAttempts))
        return WorkerService(worker: worker, deadline: .seconds(20))
    }

    /// Closes the connections, when nothing uses them any more.
    func close() async {
        http.close()
        await notify.close()
        await client.adapter.pool.close()
    }
}
