import Queuert
import Synchronization

/// Notes how each attempt ended, with what its handler had to add.
final class Journal: AttemptMiddleware {
    /// What a handler is given.
    final class Entry: Sendable {
        private let remarks = Mutex<[String]>([])

        func add(_ remark: String) { remarks.withLock { $0.append(remark) } }
        var text: String { remarks.withLock { $0.joined(separator: ", ") } }
    }

    private let noted = Mutex<[String]>([])
    var entries: [String] { noted.withLock { $0 } }

    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Entry>) async throws {
        let entry = Entry()
        let names = attempt.jobs.map { "\($0.typeName), attempt \($0.attempt)" }.joined(separator: "; ")
        do {
            try await next(entry)
            note("\(names): \(entry.text)")
        } catch {
            note("\(names): \(type(of: error))")
            throw error
        }
    }

    private func note(_ entry: String) { noted.withLock { $0.append(entry) } }
}
