extension SQLiteConnection {
    /// Runs one statement for each element, which costs much less than a call of `execute` for each.
    ///
    /// ```swift
    /// try db.execute("INSERT INTO point (x, y) VALUES (?, ?)", forEach: points) { point, parameters in
    ///     parameters.add(point.x)
    ///     parameters.add(point.y)
    /// }
    /// ```
    ///
    /// What ran before an element that fails stays, as with any statement, until the transaction is rolled back.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `?` for each parameter.
    ///   - elements: What the statement is run for, in order.
    ///   - bind: Gives the statement the values for its parameters, in order.
    ///   - didExecute: Called after each run with the number of rows that it inserted, changed or deleted.
    /// - Throws: ``SQLiteError`` if SQLite refuses the statement or was given another number of values, or what the
    ///   closures throw.
    public func execute<Elements: Sequence>(
        _ sql: String, forEach elements: Elements,
        bind: (Elements.Element, inout SQLiteParameters) throws -> Void,
        didExecute: (Elements.Element, Int) throws -> Void = { _, _ in }
    ) throws {
        let handle = try handleInBody
        let statement = try handle.statement(sql)
        let expected = statement.parameterCount
        try statement.use {
            for element in elements {
                var parameters = SQLiteParameters(statement)
                try bind(element, &parameters)
                guard parameters.count == expected else {
                    throw SQLiteError(
                        code: .wrongParameters,
                        reason: "the statement has \(expected) parameters and was given \(parameters.count)",
                        hint: "Add one value for each `?`.")
                }
                let before = handle.totalChanges
                while try statement.step() {}
                try didExecute(element, handle.changes(since: before))
                statement.reset()
            }
        }
    }
}

/// The parameters of a statement that runs, to which values are added in order.
///
/// Only valid in the closure that it is given to.
public struct SQLiteParameters {
    private let statement: SQLiteStatement
    /// How many values were added.
    private(set) var count = 0

    init(_ statement: SQLiteStatement) { self.statement = statement }

    /// Adds a whole number, or null.
    ///
    /// - Parameter value: The number.
    public mutating func add(_ value: Int64?) { statement.bind(value, at: next()) }

    /// Adds a whole number.
    ///
    /// - Parameter value: The number.
    public mutating func add(_ value: Int) { statement.bind(Int64(value), at: next()) }

    /// Adds text, or null.
    ///
    /// - Parameter text: The text.
    public mutating func add(_ text: String?) { statement.bind(text: text, at: next()) }

    /// Adds text that is there as UTF-8, or null.
    ///
    /// - Parameter bytes: The text's bytes, which are not looked at.
    public mutating func add(utf8 bytes: ArraySlice<UInt8>?) {
        let index = next()
        if let bytes { statement.bind(utf8: bytes, at: index) } else { statement.bind(.null, at: index) }
    }

    /// Adds bytes, or null.
    ///
    /// - Parameter bytes: The bytes.
    public mutating func add(blob bytes: ArraySlice<UInt8>?) {
        let index = next()
        if let bytes { statement.bind(blob: bytes, at: index) } else { statement.bind(.null, at: index) }
    }

    private mutating func next() -> Int32 {
        count += 1
        return Int32(count)
    }
}
