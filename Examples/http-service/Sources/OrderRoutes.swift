import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Queuert
import QueuertPostgres

/// What customers may ask for.
struct OrderRoutes: Sendable {
    let client: Client<PostgresStateAdapter>

    func add(to router: Router<BasicRequestContext>) {
        router.add(middleware: UnavailableMiddleware())
        router.post("orders") { request, context in try await takeOrder(request, context) }
        router.get("orders/:id") { request, context in try await showOrder(request, context) }
    }

    /// Takes an order: its row and its chain are one transaction, so neither is ever there without the other.
    ///
    /// A client that got no answer sends its request again, with the same key, and is told of the order that is there.
    private func takeOrder(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        let order = try await request.json(as: NewOrder.self)
        try order.validate()
        let sameRequest = try deduplication(of: request, for: order.customer)
        let stored: StoredOrder
        do {
            stored = try await client.withTransaction { [client] db -> StoredOrder in
                let id = UUID()
                let chain = try await client.startJobChain(
                    ReserveStock.self, input: id, deduplication: sameRequest, on: db)
                if chain.isExisting { return try OrderTable.find(of: chain, on: db) }
                try OrderTable.insert(order, id: id, chain: chain, on: db)
                return StoredOrder(
                    id: id, chain: chain.id, product: order.product, quantity: order.quantity, state: .received)
            }
        } catch let error as PostgresError where error.constraint == "orders_product_fkey" {
            // The whole transaction was rolled back: there is no chain either.
            throw RequestError(
                "there is no such product", hint: "Order apple, pear or yacht.", status: .unprocessableContent)
        }
        guard stored.product == order.product, stored.quantity == order.quantity else {
            throw RequestError(
                "the key is another order's", hint: "Send a new Idempotency-Key with each new order.",
                status: .unprocessableContent)
        }
        let view = OrderView(
            id: stored.id, product: stored.product, quantity: stored.quantity, state: stored.state)
        var response = try context.responseEncoder.encode(view, from: request, context: context)
        response.status = .accepted
        response.headers[.location] = "/orders/\(stored.id)"
        return response
    }

    /// Which chain does as well as a new one: any that was started with the request's key, also one that has ended.
    private func deduplication(of request: Request, for customer: String) throws(RequestError) -> Deduplication? {
        guard let key = request.idempotencyKey else { return nil }
        guard 1...200 ~= key.utf8.count, key.isPrintable else {
            throw RequestError("the Idempotency-Key is no key", hint: "Send up to 200 bytes, such as a UUID.")
        }
        // Each customer has keys of their own: nobody is told of another's order. Neither part has an end of line.
        return Deduplication(key: "\(customer)\n\(key)", scope: .any)
    }

    /// Shows an order and what its chain does, read on one connection.
    private func showOrder(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
        guard let id = context.parameters.get("id").flatMap(UUID.init(uuidString:)) else {
            throw RequestError("the order's identifier is no UUID", hint: "Take it from the answer to POST /orders.")
        }
        let found = try await client.adapter.pool.read { [client] db -> OrderView? in
            guard let order = try OrderTable.find(id, on: db) else { return nil }
            let job = try await client.chain(order.chain)?.last
            return OrderView(
                id: order.id, product: order.product, quantity: order.quantity, state: order.state,
                work: job.map {
                    .init(job: $0.typeName, status: $0.status(at: SystemClock().now).rawValue, attempts: $0.attempt)
                })
        }
        guard let found else {
            throw RequestError(
                "there is no such order", hint: "Take its identifier from the answer to POST /orders.",
                status: .notFound)
        }
        return try context.responseEncoder.encode(found, from: request, context: context)
    }
}

/// Answers with 503 while the database can't be used.
private struct UnavailableMiddleware: RouterMiddleware {
    private static let codes: Set<PostgresError.Code> = [
        .cannotConnect, .connectionLost, .noAnswer, .poolExhausted, .closed,
    ]

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: @concurrent (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as PostgresError where Self.codes.contains(error.code) {
            context.logger.error("The database can't be used.", metadata: ["error": "\(error)"])
            throw RequestError("orders can't be taken now", hint: "Try again later.", status: .serviceUnavailable)
        }
    }
}
