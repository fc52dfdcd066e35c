/// What recurs, and how: all of it but the name.
package struct RecurrenceDefinition: Codable, Sendable, Equatable {
    var rule: Recurrence
    var missedRuns: MissedRuns
    var overlappingRuns: OverlappingRuns
    var priority: Priority
    /// When the chains and the recurrence leave their traces, if the call says so; what earlier versions stored has none.
    var trace: StoredTraceMode?
    /// The name of the type of the chain that recurs.
    var entryTypeName: String
    var input: RecurringInput
}

/// What each chain is started with.
enum RecurringInput: Codable, Sendable {
    /// Always the same, as the client's codec has written it. A codec need not write the same text twice: `comparable` does.
    case fixed(text: String, comparable: String)
    /// An ``Occurrence`` with this payload, which is JSON.
    case occurrence(payload: String)

    /// The input of the chain for an occurrence, as it is stored.
    func text(for occurrence: Timestamp, typeName: String, codec: JobCodec) throws -> String {
        switch self {
        case .fixed(let text, _): return text
        case .occurrence(let payload):
            do {
                return try codec.payloads.encode(
                    StoredOccurrence(time: occurrence, payload: payload), as: PayloadKind(.input, of: typeName))
            } catch {
                throw JobDataError(
                    code: .inputNotEncodable, direction: .writing, typeName: typeName, jobID: nil, underlying: error)
            }
        }
    }
}

extension RecurringInput: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.fixed(_, let left), .fixed(_, let right)): left == right
        case (.occurrence(let left), .occurrence(let right)): left == right
        default: false
        }
    }
}
