import Foundation

/// What a child process writes, read as it comes.
final class PipeReader {
    private var chunks: AsyncStream<Data>.Iterator
    private(set) var buffer = Data()

    init(_ pipe: Pipe) {
        let (stream, continuation) = AsyncStream<Data>.makeStream()
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty {
                handle.readabilityHandler = nil
                continuation.finish()
            } else {
                continuation.yield(data)
            }
        }
        chunks = stream.makeAsyncIterator()
    }

    /// Waits for more; says whether there was any.
    private func readMore(isolation: isolated (any Actor)? = #isolation) async -> Bool {
        guard let chunk = await chunks.next(isolation: isolation) else { return false }
        buffer += chunk
        return true
    }

    /// Takes everything up to a byte, without it; `nil` at the end.
    func take(upTo byte: UInt8) async -> Data? {
        var searched = buffer.startIndex
        while true {
            if let index = buffer[searched...].firstIndex(of: byte) {
                let taken = Data(buffer[..<index])
                buffer = Data(buffer[buffer.index(after: index)...])
                return taken
            }
            searched = buffer.endIndex
            guard await readMore() else { return nil }
        }
    }
}
