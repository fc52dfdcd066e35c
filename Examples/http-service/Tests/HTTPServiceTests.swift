import ExamplePostgresTesting
import ExampleSupport
import Foundation
import HTTPTypes
import Queuert
import QueuertOTel
import QueuertPostgres
import QueuertTraceTesting
import Testing
import Tracing

@testable import HTTPService

@Suite("The HTTP service", .timeLimit(.minutes(2))) struct HTTPServiceTests {
    @Test("an order is one trace: the customer's call, the request, each job, and both calls of the payment service")
    func wholeTrace() async throws {
        try await withRunningShop(failingFirst: 1) { running in
            let order = try await withSpan("checkout") { _ in try await running.customer.order("apple", quantity: 3) }
            #expect(try await running.outcome(of: order) == .confirmed(receipt: "receipt 1"))
            try await running.recorder.expect {
                trace {
                    span("checkout", .internal) {
                        span("POST", .client, ["http.response.status_code": 202]) {
                            span("/orders", .server, ["http.response.status_code": 202]) {
                                span("start reserve-stock", .producer) {
                                    span("process reserve-stock", .consumer) {
                                        span("complete reserve-stock", .client)
                                    }.named("reservation")
                                    span("continue charge-payment", .producer) {
                                        span("process charge-payment", .consumer) {
                                            span("prepare charge-payment", .internal)
                                            span("POST", .client, ["http.response.status_code": 503]) {
                                                span("/payments", .server, ["http.response.status_code": 503])
                                                    .status(.error)
                                            }.status(.error)
                                        }.status(.error).named("unavailable")
                                        span("process charge-payment", .consumer) {
                                            span("prepare charge-payment", .internal)
                                            span("POST", .client, ["http.response.status_code": 200]) {
                                                span("/payments", .server).status(.unset)
                                            }.status(.unset)
                                            span("complete charge-payment", .client)
                                        }.status(.unset).named("payment").linked(to: "unavailable", type: "retry_of")
                                    }.linked(to: "reservation", type: "origin")
                                    span("continue send-confirmation", .producer) {
                                        span("process send-confirmation", .consumer) {
                                            span("complete send-confirmation", .client)
                                        }.named("confirmation")
                                    }.linked(to: "payment", type: "origin")
                                    span("chain reserve-stock", .internal, ["queuert.chain.jobs": 3])
                                        .linked(to: "confirmation", type: "completed_by")
                                }.unordered()
                            }
                        }
                    }
                }
                noOpenSpans()
            }
            #expect(await running.payments.count == 1)
            #expect(try await running.text("SELECT available FROM stock WHERE product = 'apple'") == "997")
        }
    }

    @Test("a request whose transaction fails leaves neither an order nor a chain, and its trace says so")
    func failedTransaction() async throws {
        try await withRunningShop { running in
            let answer = try await running.customer.post(
                #"{"product": "unicorn", "quantity": 1, "customer": "alice@example.com"}"#)
            #expect(answer.status == 422)
            #expect(String(decoding: answer.body, as: UTF8.self).contains("there is no such product"))
            #expect(try await running.text("SELECT count(*) FROM queuert_job") == "0")
            #expect(try await running.text("SELECT count(*) FROM orders") == "0")
            try await running.recorder.expect {
                trace {
                    span("POST", .client) {
                        span("/orders", .server, ["http.response.status_code": 422]) {
                            span("start reserve-stock", .producer, ["error.type": "rollback"]).status(.error)
                        }
                    }
                }
                noOpenSpans()
            }
        }
    }

    @Test("an order shows how far it has come, and one that is declined or sold out gives back what it took")
    func outcomes() async throws {
        try await withRunningShop { running in
            let declined = try await running.customer.order("yacht")
            #expect(try await running.outcome(of: declined) == .declined)
            let soldOut = try await running.customer.order("yacht", quantity: 2)
            #expect(try await running.outcome(of: soldOut) == .soldOut)
            let first = try await running.customer.show(declined)
            #expect(first.state == .declined)
            #expect(first.work == .init(job: "charge-payment", status: "completed", attempts: 1))
            let second = try await running.customer.show(soldOut)
            #expect(second.state == .soldOut)
            #expect(second.work == .init(job: "reserve-stock", status: "completed", attempts: 1))
            #expect(try await running.text("SELECT available FROM stock WHERE product = 'yacht'") == "1")
            #expect(await running.payments.count == 0)
        }
    }

    @Test("a request that is sent again with its Idempotency-Key is one order, while it goes on and when it is over")
    func sentAgain() async throws {
        try await withRunningShop { running in
            async let one = running.customer.order("apple", quantity: 2, key: "first")
            async let two = running.customer.order("apple", quantity: 2, key: "first")
            let (order, again) = try await (one, two)
            #expect(order == again)
            #expect(try await running.outcome(of: order) == .confirmed(receipt: "receipt 1"))
            #expect(try await running.customer.order("apple", quantity: 2, key: "first") == order)
            #expect(await running.payments.count == 1)
            #expect(try await running.text("SELECT count(*) FROM orders") == "1")
            #expect(try await running.text("SELECT available FROM stock WHERE product = 'apple'") == "998")
            // Another key, or another customer's, is another order.
            #expect(try await running.customer.order("apple", key: "second") != order)
            #expect(try await running.customer.order("apple", by: "bob@example.com", key: "first") != order)
            #expect(try await running.text("SELECT count(*) FROM orders") == "3")
        }
    }

    @Test("a key that is another order's is refused, and so is one that is none")
    func wrongKeys() async throws {
        try await withRunningShop { running in
            func post(_ quantity: Int, key: String) async throws -> Int {
                let body = #"{"product": "apple", "quantity": \#(quantity), "customer": "alice@example.com"}"#
                return try await running.customer.post(body, key: key).status
            }
            let statuses = try await [
                post(1, key: "first"), post(2, key: "first"), post(1, key: String(repeating: "k", count: 201)),
            ]
            #expect(statuses == [202, 422, 400])
            #expect(try await running.text("SELECT count(*) FROM orders") == "1")
        }
    }

    @Test("an order that the payment service refuses ends at once, and gives back what it took")
    func refused() async throws {
        try await withRunningShop(failingFirst: 1, with: .badRequest) { running in
            let order = try await running.customer.order("apple")
            #expect(try await running.outcome(of: order) == .refused(status: 400))
            let view = try await running.customer.show(order)
            #expect(view.state == .refused)
            #expect(view.work == .init(job: "charge-payment", status: "completed", attempts: 1))
            #expect(try await running.text("SELECT available FROM stock WHERE product = 'apple'") == "1000")
        }
    }

    @Test(
        "a payment service that may answer otherwise later is asked again",
        arguments: [HTTPResponse.Status.tooManyRequests, .internalServerError])
    func askedAgain(_ status: HTTPResponse.Status) async throws {
        try await withRunningShop(failingFirst: 1, with: status) { running in
            let order = try await running.customer.order("apple")
            #expect(try await running.outcome(of: order) == .confirmed(receipt: "receipt 1"))
        }
    }

    @Test("a wrong request is told what is wrong, and nothing that it held is in a span")
    func wrongRequests() async throws {
        try await withRunningShop { running in
            let wrong: [(body: String, status: Int, reason: String)] = [
                (#"secret"#, 400, "the body is not JSON"),
                (#"["secret"]"#, 400, "the body has the wrong type"),
                (#"{"product": "secret", "customer": "secret"}"#, 400, "quantity is missing"),
                (#"{"product": "secret", "quantity": "secret", "customer": "a@b"}"#, 400, "quantity has the wrong"),
                (#"{"product": "secret\u0000", "quantity": 1, "customer": "a@b"}"#, 400, "no valid name"),
                (#"{"product": "secret", "quantity": 0, "customer": "secret@secret"}"#, 400, "out of range"),
                (#"{"product": "secret", "quantity": 1, "customer": "secret"}"#, 400, "no valid address"),
                (String(repeating: "secret", count: 5_000), 413, "too large"),
            ]
            for (body, status, reason) in wrong {
                let answer = try await running.customer.post(body)
                let text = String(decoding: answer.body, as: UTF8.self)
                #expect(answer.status == status, "\(reason)")
                #expect(text.contains(reason) && text.contains("hint") && !text.contains("secret"), "\(text)")
            }
            #expect(try await running.customer.get("orders/1").status == 400)
            #expect(try await running.customer.get("orders/\(UUID())").status == 404)
            #expect(try await running.text("SELECT count(*) FROM queuert_job") == "0")
            try await running.recorder.expect {
                noOpenSpans()
                otherTracesAllowed()
            }
            #expect(!running.recorder.spans.contains { "\($0)".contains("secret") })
        }
    }

    @Test("while there is no connection to be had, requests are answered with 503")
    func withoutConnections() async throws {
        try await withRunningShop { running in
            await running.shop.client.adapter.pool.close()
            let answer = try await running.customer.get("orders/\(UUID())")
            #expect(answer.status == 503)
        }
    }

    @Test("web server and worker are two processes that share a database, and SIGTERM ends each in good order")
    func processes() async throws {
        try await withRunningShop { running in
            // Only the payment service of this process is used, and its database has another schema.
            try await withExampleDatabase { database in
                let program = try #require(Bundle.main.executableURL).deletingLastPathComponent()
                    .appendingPathComponent("http-service")
                let silent = ["OTEL_SDK_DISABLED": "true"]
                let web = try ChildProcess(
                    program, ["--role", "web", "--port", "0", "--database", database], environment: silent,
                    readsOutput: true)
                let line = try #require(await web.line())
                let server = try #require(URL(string: line.replacing("orders on ", with: "")))
                let worker = try ChildProcess(
                    program,
                    ["--role", "worker", "--database", database, "--payments", running.paymentServer.absoluteString],
                    environment: silent)
                let order = try await ShopCustomer(server: server).order("pear")
                let shop = try await Shop(database: database, observability: nil)
                #expect(try await shop.outcome(of: order) == .confirmed(receipt: "receipt 1"))
                await shop.close()
                for process in [web, worker] {
                    process.send(SIGTERM)
                    #expect(await process.end() == .init(status: 0, isKilled: false))
                }
            }
        }
    }
}
