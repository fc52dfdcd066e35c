/// Jobs, or the first jobs of chains, in the order of creation, from several lists, and where a page of them ends.
struct MemoryList {
    /// What a cursor was given out for.
    enum Kind: String {
        case chains
        case jobs
    }
    let kind: Kind
    var order = ListOrder.oldestFirst
    var createdFrom: Timestamp?
    var createdBefore: Timestamp?
    var after: PageCursor?
    var limit: Int

    /// A page of what is wanted.
    ///
    /// - Parameters:
    ///   - lists: Where to look; no element is in two of them.
    ///   - element: What is wanted of a job; `nil` if it is not wanted.
    /// - Returns: What was found, and where to go on.
    /// - Throws: ``InvalidCursorError``.
    func page<Element>(
        of lists: [SortedSet<CreationKey>], _ element: (JobID) -> Element?
    ) throws -> Page<Element> {
        var page = Page<Element>(items: [], next: nil)
        var last: CreationKey?
        for key in try keys(of: lists) {
            guard let item = element(key.id) else { continue }
            if let last, page.items.count == max(1, limit) {
                page.next = cursor(after: last)
                break
            }
            page.items.append(item)
            last = key
        }
        return page
    }

    /// The keys of several lists, in order, from where the page before ended.
    func keys(of lists: [SortedSet<CreationKey>]) throws -> some Sequence<CreationKey> {
        let start = try start()
        let iterators: [AnyIterator<CreationKey>] = lists.map { list in
            switch order {
            case .oldestFirst:
                AnyIterator(
                    list.ascending(after: start).prefix { key in createdBefore.map { key.createdAt < $0 } ?? true }
                        .makeIterator())
            case .newestFirst:
                AnyIterator(
                    list.descending(before: start).prefix { key in createdFrom.map { key.createdAt >= $0 } ?? true }
                        .makeIterator())
            }
        }
        return sequence(state: iterators.map { ($0, $0.next()) }) { heads in
            let first = heads.indices.filter { heads[$0].1 != nil }
                .min { left, right in
                    guard let left = heads[left].1, let right = heads[right].1 else { return false }
                    return order == .oldestFirst ? left < right : right < left
                }
            guard let first, let key = heads[first].1 else { return nil }
            heads[first].1 = heads[first].0.next()
            return key
        }
    }

    private func start() throws -> CreationKey? {
        let after = try after.map(key)
        switch order {
        case .oldestFirst: return [after, createdFrom.map(CreationKey.start)].compactMap { $0 }.max()
        case .newestFirst: return [after, createdBefore.map(CreationKey.start)].compactMap { $0 }.min()
        }
    }

    // MARK: Cursors

    func cursor(after key: CreationKey) -> PageCursor {
        PageCursor(
            rawValue: [kind.rawValue, String(key.createdAt.microseconds, radix: 36), String(key.sequence, radix: 36)]
                .joined(separator: "."))
    }

    private func key(of cursor: PageCursor) throws -> CreationKey {
        let parts = cursor.rawValue.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == kind.rawValue, let createdAt = Int64(parts[1], radix: 36),
            let sequence = Int64(parts[2], radix: 36)
        else { throw InvalidCursorError() }
        return CreationKey(
            createdAt: Timestamp(microseconds: createdAt), sequence: sequence, id: JobID(rawValue: ""))
    }
}

extension CreationKey {
    /// Before all that was created at a moment.
    static func start(of moment: Timestamp) -> CreationKey {
        CreationKey(createdAt: moment, sequence: .min, id: JobID(rawValue: ""))
    }
}

extension MemoryIndexes.Created {
    /// The shortest lists that hold all of some types, and only what has not ended if that is all that is wanted.
    func lists(ofTypes typeNames: [String]?, openOnly: Bool = false) -> [SortedSet<CreationKey>] {
        if openOnly { return [open] }
        guard let typeNames else { return [all] }
        return Set(typeNames).compactMap { byType[$0] }
    }
}
