/// A job type of this library, whose name begins with `queuert.`.
protocol BuiltInJobType: JobType {}

extension JobType {
    /// Refuses a name that jobs can't be stored under.
    static func checkName() throws {
        let name = name
        let problem: InvalidJobTypeNameError.Problem? =
            if name.isEmpty {
                .empty
            } else if name.utf8.count > InvalidJobTypeNameError.maximumLength {
                .tooLong
            } else if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
                .controlCharacter
            } else if name.hasPrefix("queuert."), !(self is any BuiltInJobType.Type) {
                .reserved
            } else {
                nil
            }
        if let problem { throw InvalidJobTypeNameError(typeName: name, type: self, problem: problem) }
    }
}
