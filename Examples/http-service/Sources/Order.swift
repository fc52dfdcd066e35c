import Foundation
import Queuert

/// How far an order has come.
enum OrderState: String, Codable, Sendable {
    case received, reserved, paid, declined, refused
    case soldOut = "sold out"
}

/// What a customer asks for.
struct NewOrder: Codable, Sendable {
    var product: String
    var quantity: Int
    var customer: String

    /// Checks what no type can say.
    ///
    /// What is told names the field and never repeats its value, since errors go into spans.
    func validate() throws(RequestError) {
        guard !product.isEmpty, product.utf8.count <= 100, product.isPrintable else {
            throw RequestError("the product has no valid name", hint: "Give the name of a product, such as apple.")
        }
        guard 1...100 ~= quantity else {
            throw RequestError("the quantity is out of range", hint: "Order 1 to 100 pieces.")
        }
        guard customer.utf8.count <= 254, customer.isPrintable, customer.split(separator: "@").count == 2 else {
            throw RequestError("the customer has no valid address", hint: "Give an email address.")
        }
    }
}

extension String {
    /// Whether it holds no control characters; PostgreSQL refuses one of them, NUL.
    var isPrintable: Bool { !unicodeScalars.contains { $0.properties.generalCategory == .control } }
}

/// An order as it is stored.
struct StoredOrder: Sendable {
    var id: UUID
    var chain: JobID
    var product: String
    var quantity: Int
    var state: OrderState
}

/// An order as customers see it.
struct OrderView: Codable, Sendable {
    /// What its chain does at the moment.
    struct Work: Codable, Sendable, Equatable {
        /// The job that the chain has come to.
        var job: String
        /// Such as `running` or `completed`.
        var status: String
        /// How often that job was tried.
        var attempts: Int
    }

    var id: UUID
    var product: String
    var quantity: Int
    var state: OrderState
    /// Nothing if the chain was deleted when it was over.
    var work: Work?
}
