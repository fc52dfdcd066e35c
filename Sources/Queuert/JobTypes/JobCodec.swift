/// Writes and reads the inputs and outputs of jobs: checks them, encodes them, and says in one kind of error what failed.
struct JobCodec: Sendable {
    let payloads: any PayloadCodec
    /// The types that the client knows, if it was given them.
    let types: JobTypes?

    // MARK: Writing

    func encodeInput<Kind: JobType>(_ input: Kind.Input, of _: Kind.Type) throws -> String {
        func failure(_ code: JobDataError.Code, _ error: any Error) -> JobDataError {
            JobDataError(code: code, direction: .writing, typeName: Kind.name, jobID: nil, underlying: error)
        }
        do { try Kind.validate(input: input) } catch { throw failure(.inputInvalid, error) }
        do {
            return try payloads.encode(input, as: PayloadKind(.input, of: Kind.name))
        } catch {
            throw failure(.inputNotEncodable, error)
        }
    }

    /// Encodes what a job ends its chain with.
    func encodeOutput<Kind: JobType>(_ output: Kind.Output, of _: Kind.Type, endedBy row: JobRow) throws -> String {
        func failure(_ code: JobDataError.Code, _ error: any Error) -> JobDataError {
            JobDataError(code: code, direction: .writing, typeName: Kind.name, jobID: row.id, underlying: error)
        }
        do {
            try Kind.validate(output: output)
            // Those who read it know the chain by its first job's type: what that refuses would never be of use to them.
            if row.chainTypeName != Kind.name, let entry = types?.type(named: row.chainTypeName) {
                try Self.validate(output, as: entry)
            }
        } catch { throw failure(.outputInvalid, error) }
        do {
            return try payloads.encode(output, as: PayloadKind(.output, of: row.chainTypeName))
        } catch {
            throw failure(.outputNotEncodable, error)
        }
    }

    private static func validate<Entry: JobType>(_ output: any Sendable, as _: Entry.Type) throws {
        if let output = output as? Entry.Output { try Entry.validate(output: output) }
    }

    // MARK: Reading

    func decodeInput<Kind: JobType>(of _: Kind.Type, from row: JobRow) throws -> Kind.Input {
        func failure(_ code: JobDataError.Code, _ error: any Error) -> JobDataError {
            JobDataError(code: code, direction: .reading, typeName: Kind.name, jobID: row.id, underlying: error)
        }
        let input: Kind.Input
        do {
            input = try payloads.decode(Kind.Input.self, from: row.input, as: PayloadKind(.input, of: Kind.name))
        } catch {
            throw failure(.inputNotDecodable, error)
        }
        do { try Kind.validate(input: input) } catch { throw failure(.inputInvalid, error) }
        return input
    }

    /// Decodes what a chain yielded, which the given job ended.
    func decodeOutput<Entry: EntryJobType>(
        of _: Entry.Type, from text: String, endedBy jobID: JobID
    ) throws -> Entry.Output {
        try decodeOutput(of: Entry.self, from: text, jobID: jobID, .outputNotDecodable, .outputInvalid)
    }

    /// Decodes what a chain yielded, for a job that waited for it.
    func decodeBlockerOutput<Entry: EntryJobType>(
        of _: Entry.Type, from text: String, for jobID: JobID
    ) throws -> Entry.Output {
        try decodeOutput(of: Entry.self, from: text, jobID: jobID, .blockerOutputNotDecodable, .blockerOutputInvalid)
    }

    private func decodeOutput<Entry: EntryJobType>(
        of _: Entry.Type, from text: String, jobID: JobID, _ notDecodable: JobDataError.Code,
        _ invalid: JobDataError.Code
    ) throws -> Entry.Output {
        func failure(_ code: JobDataError.Code, _ error: any Error) -> JobDataError {
            JobDataError(code: code, direction: .reading, typeName: Entry.name, jobID: jobID, underlying: error)
        }
        let output: Entry.Output
        do {
            output = try payloads.decode(Entry.Output.self, from: text, as: PayloadKind(.output, of: Entry.name))
        } catch {
            throw failure(notDecodable, error)
        }
        do { try Entry.validate(output: output) } catch { throw failure(invalid, error) }
        return output
    }
}
