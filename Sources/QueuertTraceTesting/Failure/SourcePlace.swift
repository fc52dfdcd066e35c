/// Where an expectation is in the code of a test.
struct SourcePlace: Sendable {
    let file: StaticString
    let path: StaticString
    let line: UInt

    init(_ file: StaticString, _ path: StaticString, _ line: UInt) {
        self.file = file
        self.path = path
        self.line = line
    }
}
