import Queuert
import QueuertSQLite

// Fixed slots: a trip waits for one flight and one hotel, which are booked side by side. The handler is given both
// outputs, each with its type.

struct Stay: Codable, Sendable {
    var customer: String
    var city: String
}

enum BookFlight: EntryJobType {
    static let name = "book-flight"
    typealias Input = Stay
    typealias Output = String
}
enum BookHotel: EntryJobType {
    static let name = "book-hotel"
    typealias Input = Stay
    struct Output: Codable, Sendable {
        var name: String
        var nights: Int
    }
}
enum PlanTrip: EntryJobType {
    static let name = "plan-trip"
    typealias Input = String
    typealias Output = String
    typealias Blockers = Blocked<BookFlight, BookHotel>
}

enum Trips {
    /// Starts the bookings and the job that waits for them: all three chains, or none.
    static func book(
        _ client: Client<SQLiteStateAdapter>, customer: String, city: String
    ) async throws -> Chain<PlanTrip> {
        let stay = Stay(customer: customer, city: city)
        return try await client.withTransaction { db in
            let flight = try await client.startJobChain(BookFlight.self, input: stay, on: db)
            let hotel = try await client.startJobChain(BookHotel.self, input: stay, on: db)
            return try await client.startJobChain(PlanTrip.self, input: customer, blockers: (flight, hotel), on: db)
        }
    }

    static let processors: [Processor<SQLiteStateAdapter>] = [
        .detached(BookFlight.self) { job in .finish("the 9:40 to \(job.input.city)") },
        .detached(BookHotel.self) { job in .finish(.init(name: "Grand Hotel \(job.input.city)", nights: 4)) },
        .atomic(PlanTrip.self) { job, db in
            let (flight, hotel) = job.blockers
            try db.execute("INSERT INTO itineraries VALUES (?, ?, ?)", [job.input, flight, hotel.name])
            return .finish("\(job.input) takes \(flight) and stays \(hotel.nights) nights at the \(hotel.name)")
        },
    ]
}
