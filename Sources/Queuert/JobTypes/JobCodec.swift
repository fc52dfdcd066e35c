internal import Foundation

/// Turns inputs and outputs into the text that is stored, JSON, and back.
struct JobCodec: Sendable {
    /// What a value is to its job.
    enum Role: Sendable {
        case input, output, blockerOutput
    }

    func encode<Value: Encodable>(_ value: Value, as role: Role, typeName: String) throws -> String {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .withoutEscapingSlashes
            return String(decoding: try encoder.encode(value), as: UTF8.self)
        } catch {
            let code: JobDataError.Code = role == .input ? .inputNotEncodable : .outputNotEncodable
            throw JobDataError(code: code, typeName: typeName, jobID: nil, underlying: String(reflecting: error))
        }
    }

    func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, as role: Role, typeName: String, jobID: JobID
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            let code: JobDataError.Code =
                switch role {
                case .input: .inputNotDecodable
                case .output: .outputNotDecodable
                case .blockerOutput: .blockerOutputNotDecodable
                }
            throw JobDataError(code: code, typeName: typeName, jobID: jobID, underlying: String(reflecting: error))
        }
    }
}
