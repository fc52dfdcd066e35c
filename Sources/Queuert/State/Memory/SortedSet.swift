/// Elements in order, each once, in sorted arrays of bounded length: a change moves few of them, and a search halves.
struct SortedSet<Element: Comparable & Sendable>: Sendable {
    private static var chunkSize: Int { 64 }
    /// Never holds an empty array.
    private var chunks: [[Element]] = []
    /// How many elements there are.
    private(set) var count = 0

    struct Position {
        var chunk: Int
        var offset: Int
    }

    var isEmpty: Bool { count == 0 }
    var first: Element? { chunks.first?.first }

    mutating func insert(_ element: Element) {
        let position = position(notBefore: element)
        if position.chunk == chunks.count {
            append(element)
        } else {
            guard chunks[position.chunk][position.offset] != element else { return }
            chunks[position.chunk].insert(element, at: position.offset)
            if chunks[position.chunk].count > Self.chunkSize { split(position.chunk) }
        }
        count += 1
    }

    mutating func remove(_ element: Element) {
        let position = position(notBefore: element)
        guard self[position] == element else { return }
        if chunks[position.chunk].count == 1 {
            chunks.remove(at: position.chunk)
        } else {
            chunks[position.chunk].remove(at: position.offset)
        }
        count -= 1
    }

    private mutating func append(_ element: Element) {
        if let last = chunks.indices.last, chunks[last].count < Self.chunkSize {
            chunks[last].append(element)
        } else {
            chunks.append([element])
        }
    }

    private mutating func split(_ index: Int) {
        let middle = chunks[index].count / 2
        let upper = Array(chunks[index][middle...])
        chunks[index].removeSubrange(middle...)
        chunks.insert(upper, at: index + 1)
    }

    // MARK: Looking

    subscript(position: Position) -> Element? {
        position.chunk < chunks.count ? chunks[position.chunk][position.offset] : nil
    }

    /// Where the first element is that is not less than the given one; behind the end if all are.
    func position(notBefore element: Element) -> Position {
        if let last = chunks.last?.last, last < element { return Position(chunk: chunks.count, offset: 0) }
        let chunk = firstIndex(below: chunks.count) { !((chunks[$0].last ?? element) < element) }
        guard chunk < chunks.count else { return Position(chunk: chunk, offset: 0) }
        let offset = firstIndex(below: chunks[chunk].count) { !(chunks[chunk][$0] < element) }
        return Position(chunk: chunk, offset: offset)
    }

    /// The elements after one, or all, upwards.
    func ascending(after element: Element? = nil) -> some Sequence<Element> {
        var position = element.map { self.position(notBefore: $0) } ?? Position(chunk: 0, offset: 0)
        if let element, self[position] == element { position = self.position(after: position) }
        return sequence(state: position) { position in
            guard let next = self[position] else { return nil }
            position = self.position(after: position)
            return next
        }
    }

    /// The elements before one, or all, downwards.
    func descending(before element: Element? = nil) -> some Sequence<Element> {
        let end = Position(chunk: chunks.count, offset: 0)
        return sequence(state: element.map { position(notBefore: $0) } ?? end) { position in
            guard let previous = self.position(before: position) else { return nil }
            position = previous
            return self[previous]
        }
    }

    private func position(after position: Position) -> Position {
        position.offset + 1 < chunks[position.chunk].count
            ? Position(chunk: position.chunk, offset: position.offset + 1)
            : Position(chunk: position.chunk + 1, offset: 0)
    }

    private func position(before position: Position) -> Position? {
        if position.offset > 0 { return Position(chunk: position.chunk, offset: position.offset - 1) }
        guard position.chunk > 0 else { return nil }
        return Position(chunk: position.chunk - 1, offset: chunks[position.chunk - 1].count - 1)
    }

    /// The first index for which a condition holds that holds for all after it too.
    private func firstIndex(below end: Int, where holds: (Int) -> Bool) -> Int {
        var low = 0
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
