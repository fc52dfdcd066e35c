/// A renderer that hangs at the first try, in one of two ways.
actor Renderer {
    private var tries: [String: Int] = [:]
    private var stubborn: CheckedContinuation<Void, Never>?
    private var isReleased = false

    /// Renders, and can be called off while it hangs.
    func render(_ document: String) async throws -> String {
        if isFirstTry(document) { try await Task.sleep(for: .seconds(3_600)) }
        return "\(document).pdf"
    }

    /// Renders, and doesn't look at whether it was called off, like much code that was not made for it.
    func renderStubbornly(_ document: String) async -> String {
        if isFirstTry(document) {
            await withCheckedContinuation { continuation in
                if isReleased { continuation.resume() } else { stubborn = continuation }
            }
            return "\(document), too late.pdf"
        }
        return "\(document).pdf"
    }

    /// Lets the stubborn one go on.
    func release() {
        isReleased = true
        stubborn?.resume()
        stubborn = nil
    }

    private func isFirstTry(_ document: String) -> Bool {
        tries[document, default: 0] += 1
        return tries[document] == 1
    }
}
