/// Two job types of one name, or two processors for one job type.
public struct DuplicateJobTypeError: RedactedError, Sendable, Hashable {
    /// The name of the type.
    public let typeName: String
    /// The two Swift types that have the name; empty if there are two processors for one type.
    public let swiftTypes: [String]
    /// The slices that have the processors, where they are named.
    public let slices: [String]

    init(typeName: String, types first: any JobType.Type, _ second: any JobType.Type) {
        self.typeName = typeName
        swiftTypes = [String(reflecting: first), String(reflecting: second)].sorted()
        slices = []
    }

    init(typeName: String, slices: [String]) {
        self.typeName = typeName
        swiftTypes = []
        self.slices = slices
    }

    /// What was wrong and what to do.
    public var description: String {
        if !swiftTypes.isEmpty {
            return "Two job types are named \(typeName): \(swiftTypes.joined(separator: " and ")). Rename one of them."
        }
        let place =
            switch Set(slices).count {
            case 0: ""
            case 1: ", in the slice “\(slices[0])”"
            default: ", in the slices “\(slices.joined(separator: "” and “"))”"
            }
        return "The worker was given two processors for \(typeName)\(place). Give each type one."
    }
}

/// A job type that is not among those that the client was given.
public struct UnknownJobTypeError: RedactedError, Sendable, Hashable {
    /// The name of the type.
    public let typeName: String
    /// The Swift type.
    public let swiftType: String

    init(typeName: String, type: any JobType.Type) {
        self.typeName = typeName
        swiftType = String(reflecting: type)
    }

    /// What was wrong and what to do.
    public var description: String {
        """
        The client's types don't hold \(swiftType), named \(typeName). Add it to the `JobTypes` that the client is given; a \
        continuation is found by itself if it is a stored property of a `Next`.
        """
    }
}

/// A job type whose name jobs can't be stored under.
public struct InvalidJobTypeNameError: RedactedError, Sendable, Hashable {
    /// What is wrong with a name.
    enum Problem: Sendable, Hashable {
        case empty, tooLong, controlCharacter, reserved
    }
    static let maximumLength = 200
    /// The name of the type.
    public let typeName: String
    /// The Swift type.
    public let swiftType: String
    let problem: Problem

    init(typeName: String, type: any JobType.Type, problem: Problem) {
        self.typeName = typeName
        swiftType = String(reflecting: type)
        self.problem = problem
    }

    /// What was wrong and what to do.
    public var description: String {
        switch problem {
        case .empty: "The name of \(swiftType) is empty. Give it one, such as `send-mail`."
        case .tooLong:
            """
            The name of \(swiftType) has \(typeName.utf8.count) bytes. Give it one of up to \(Self.maximumLength).
            """
        case .controlCharacter: "The name of \(swiftType) holds a control character. Give it one of visible characters."
        case .reserved:
            "The name of \(swiftType), \(typeName), begins with `queuert.`, as this library's own types do. Rename it."
        }
    }
}
