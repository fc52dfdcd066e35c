internal import COTLP
import Foundation

/// The messages of OTLP, as the generated code describes them.
///
/// What is here in Swift is read once from the tables that protobuf-c's compiler made, so the two can't differ.
struct OTLPSchema: Sendable {
    /// The form of a field's value.
    enum Kind: Hashable, Sendable {
        case int32, sint32, sfixed32, uint32, fixed32
        case int64, sint64, sfixed64, uint64, fixed64
        case float, double, bool, enumeration, string, bytes
        /// Bytes that JSON has as hexadecimal digits.
        case identifier
        /// A message, by its number in the schema.
        case message(Int)

        /// How protobuf writes it.
        var wireType: UInt8 {
            switch self {
            case .int32, .sint32, .uint32, .int64, .sint64, .uint64, .bool, .enumeration: 0
            case .sfixed64, .fixed64, .double: 1
            case .string, .bytes, .identifier, .message: 2
            case .sfixed32, .fixed32, .float: 5
            }
        }
    }

    /// A field of a message.
    struct Field: Sendable {
        let number: UInt32
        /// Its name in JSON.
        let name: String
        let kind: Kind
        let isRepeated: Bool
    }

    /// A message.
    struct Message: Sendable {
        /// The fields in the order of their numbers.
        fileprivate(set) var fields: [Field] = []
        fileprivate var byName: [String: Int] = [:]
        fileprivate var byNumber: [Int] = []

        /// Finds a field by its name in JSON.
        func field(named name: String) -> Field? { byName[name].map { fields[$0] } }

        /// Finds a field's place by its number.
        @inline(__always)
        func index(of number: UInt32) -> Int? {
            guard number < UInt32(byNumber.count) else { return nil }
            let index = byNumber[Int(number)]
            return index < 0 ? nil : index
        }
    }

    /// The schema.
    static let shared = OTLPSchema()

    /// All messages.
    private(set) var messages: [Message] = []
    /// The number of the message that is a request.
    private var requests: [Signal: Int] = [:]
    /// The number of the message that is a value.
    private(set) var value = 0
    /// The number of the message that is a log record.
    private(set) var logRecord = 0
    /// The number of the messages that are points, by the number of the field of a metric that has them.
    private(set) var points: [UInt32: Int] = [:]
    private var known: [String: Int] = [:]

    private init() {
        requests[.traces] = withUnsafePointer(to: queuert__otlp__v1__export_trace_request__descriptor) { add($0) }
        requests[.metrics] = withUnsafePointer(to: queuert__otlp__v1__export_metrics_request__descriptor) { add($0) }
        requests[.logs] = withUnsafePointer(to: queuert__otlp__v1__export_logs_request__descriptor) { add($0) }
        value = withUnsafePointer(to: queuert__otlp__v1__any_value__descriptor) { add($0) }
        logRecord = withUnsafePointer(to: queuert__otlp__v1__log_record__descriptor) { add($0) }
        let metric = withUnsafePointer(to: queuert__otlp__v1__metric__descriptor) { add($0) }
        for field in messages[metric].fields {
            guard case .message(let data) = field.kind, let first = messages[data].fields.first,
                case .message(let point) = first.kind
            else { continue }
            points[field.number] = point
        }
    }

    /// The message that is a request.
    ///
    /// - Parameter signal: What it carries.
    /// - Returns: The message's number.
    func request(_ signal: Signal) -> Int { requests[signal, default: 0] }

    private mutating func add(_ descriptor: UnsafePointer<ProtobufCMessageDescriptor>) -> Int {
        let name = String(cString: descriptor.pointee.name)
        if let number = known[name] { return number }
        let number = messages.count
        // Before its fields: a value holds values.
        known[name] = number
        messages.append(Message())
        var message = Message()
        for field in UnsafeBufferPointer(start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields)) {
            guard let kind = kind(of: field) else { continue }
            while message.byNumber.count <= Int(field.id) { message.byNumber.append(-1) }
            message.byNumber[Int(field.id)] = message.fields.count
            let name = Self.nameInJSON(String(cString: field.name))
            message.byName[name] = message.fields.count
            message.fields.append(
                Field(
                    number: field.id, name: name, kind: kind, isRepeated: field.label == PROTOBUF_C_LABEL_REPEATED))
        }
        messages[number] = message
        return number
    }

    private mutating func kind(of field: ProtobufCFieldDescriptor) -> Kind? {
        switch field.type {
        case PROTOBUF_C_TYPE_INT32: .int32
        case PROTOBUF_C_TYPE_SINT32: .sint32
        case PROTOBUF_C_TYPE_SFIXED32: .sfixed32
        case PROTOBUF_C_TYPE_INT64: .int64
        case PROTOBUF_C_TYPE_SINT64: .sint64
        case PROTOBUF_C_TYPE_SFIXED64: .sfixed64
        case PROTOBUF_C_TYPE_UINT32: .uint32
        case PROTOBUF_C_TYPE_FIXED32: .fixed32
        case PROTOBUF_C_TYPE_UINT64: .uint64
        case PROTOBUF_C_TYPE_FIXED64: .fixed64
        case PROTOBUF_C_TYPE_FLOAT: .float
        case PROTOBUF_C_TYPE_DOUBLE: .double
        case PROTOBUF_C_TYPE_BOOL: .bool
        case PROTOBUF_C_TYPE_ENUM: .enumeration
        case PROTOBUF_C_TYPE_STRING: .string
        case PROTOBUF_C_TYPE_BYTES:
            String(cString: field.name).hasSuffix("_id") ? .identifier : .bytes
        case PROTOBUF_C_TYPE_MESSAGE:
            field.descriptor.map { .message(add($0.assumingMemoryBound(to: ProtobufCMessageDescriptor.self))) }
        default: nil
        }
    }

    /// The name that protobuf's JSON has for a field: lowerCamelCase.
    private static func nameInJSON(_ name: String) -> String {
        let parts = name.split(separator: "_")
        return (parts.prefix(1).map(String.init) + parts.dropFirst().map(\.capitalized)).joined()
    }
}
