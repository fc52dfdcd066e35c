import Queuert
import QueuertSQLite

enum RenderInvoice: EntryJobType {
    static let name = "render-invoice"
    typealias Input = String
    typealias Output = String
}
enum RenderPoster: EntryJobType {
    static let name = "render-poster"
    typealias Input = String
    typealias Output = String
}

enum Invoices {
    /// An attempt may take so long; minutes are more usual.
    static let timeout = Duration.milliseconds(200)
    static let backoff = Backoff(initial: .milliseconds(10))

    static func processors(_ renderer: Renderer) -> [Processor<SQLiteStateAdapter>] {
        [
            // When the time is up the handler's task is cancelled, and `Task.sleep` in it throws. The attempt has failed.
            .detached(RenderInvoice.self, backoff: backoff, timeout: timeout) { job in
                .finish(try await renderer.render(job.input))
            },
            // This one goes on, whatever it is told. Its attempt has failed all the same, the job is tried again, and what
            // it returns in the end is not written.
            .detached(RenderPoster.self, backoff: backoff, timeout: timeout) { job in
                .finish(await renderer.renderStubbornly(job.input))
            },
        ]
    }

    static func run(_ client: Client<SQLiteStateAdapter>, _ renderer: Renderer) async throws -> [String] {
        var lines: [String] = []
        let invoice = try await client.startJobChain(RenderInvoice.self, input: "invoice 7")
        lines.append("rendered: \(try await client.awaitJobChain(invoice).output)")
        let attempts = try await client.failedAttempts(ofJob: invoice.id)
        lines.append("its first attempt: \(attempts.first?.error ?? "")")

        let poster = try await client.startJobChain(RenderPoster.self, input: "poster")
        lines.append("rendered: \(try await client.awaitJobChain(poster).output)")
        await renderer.release()

        // A wait can have a timeout too. The chain goes on, and can be waited for again.
        let later = try await client.startJobChain(
            RenderInvoice.self, input: "invoice 8", schedule: .after(.seconds(3_600)))
        do {
            _ = try await client.awaitJobChain(later, timeout: .milliseconds(50))
        } catch is ChainTimeoutError {
            let status = try await client.chain(later.id)?.last.status(at: SystemClock().now)
            lines.append("not waited for any longer: a chain that is \(status?.rawValue ?? "gone")")
        }
        return lines
    }
}
