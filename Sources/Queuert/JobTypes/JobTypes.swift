/// A set of job types, checked: each has a name of its own.
///
/// Holds the types that it is made of and all that these lead to: their continuations, their blockers, and so on. A module
/// of an application may have a set, a slice of the whole, and the application merges them:
///
/// ```swift
/// let types = try JobTypes(ImportOrders.self).merging(Mails.jobTypes, Invoices.jobTypes)
/// let client = Client(adapter: adapter, types: types)
/// ```
///
/// A client that is given a set starts and continues chains with these types only.
public struct JobTypes: Sendable {
    private var byName: [String: any JobType.Type] = [:]

    /// Makes a set of types and all that they lead to.
    ///
    /// - Parameter types: The types, such as `ImportOrders.self`. Those that others continue with or wait for may be left out.
    /// - Throws: ``DuplicateJobTypeError`` if two different types have one name, or ``InvalidJobTypeNameError``.
    public init(_ types: any JobType.Type...) throws { try self.init(types) }

    init(_ types: [any JobType.Type]) throws {
        // A list rather than a recursion: chains may be as long as they like.
        var found = types
        while let type = found.popLast() {
            if try insert(type) { found += Self.successors(of: type) }
        }
    }

    /// Makes a set of this and others.
    ///
    /// - Parameter others: The other sets, which may share types with this one.
    /// - Returns: The set.
    /// - Throws: ``DuplicateJobTypeError`` if two different types have one name.
    public func merging(_ others: JobTypes...) throws -> JobTypes {
        var merged = self
        for type in others.flatMap(\.byName.values) { _ = try merged.insert(type) }
        return merged
    }

    /// The names of all types, in alphabetical order.
    public var names: [String] { byName.keys.sorted() }

    /// Whether a type is in the set.
    ///
    /// - Parameter type: The type.
    /// - Returns: Whether it is, under its name.
    public func contains(_ type: any JobType.Type) -> Bool { byName[type.name].map { $0 == type } ?? false }

    func type(named name: String) -> (any JobType.Type)? { byName[name] }

    /// Adds a type.
    ///
    /// - Returns: Whether it is new to the set.
    private mutating func insert(_ type: any JobType.Type) throws -> Bool {
        let name = type.name
        if let known = byName[name] {
            if known == type { return false }
            throw DuplicateJobTypeError(typeName: name, types: known, type)
        }
        try type.checkName()
        byName[name] = type
        return true
    }

    /// Refuses a type that is not in the set.
    func check(_ type: any JobType.Type) throws {
        let name = type.name
        switch byName[name] {
        case .some(let known) where known == type: return
        case .some(let known): throw DuplicateJobTypeError(typeName: name, types: known, type)
        case nil:
            // The library's own types need no mention.
            if type is any BuiltInJobType.Type { return }
            throw UnknownJobTypeError(typeName: name, type: type)
        }
    }

    // MARK: What a type leads to

    private static func successors<Kind: JobType>(of _: Kind.Type) -> [any JobType.Type] {
        targets(of: Kind.Next()) + Kind.Blockers.entryTypes
    }

    private static func targets(of continuations: some Continuations) -> [any JobType.Type] {
        Mirror(reflecting: continuations).children.flatMap { child -> [any JobType.Type] in
            switch child.value {
            case let continuation as any DeclaredContinuation: [continuation.target]
            case let group as any Continuations: targets(of: group)
            default: []
            }
        }
    }
}

/// A stored continuation whose type is not known.
private protocol DeclaredContinuation {
    var target: any JobType.Type { get }
}

extension To: DeclaredContinuation {
    fileprivate var target: any JobType.Type { Target.self }
}

extension Client {
    /// Refuses to create jobs of a type that the client doesn't know, or whose name jobs can't be stored under.
    func admit(_ type: any JobType.Type) throws {
        if let types = codec.types { try types.check(type) } else { try type.checkName() }
    }
}
