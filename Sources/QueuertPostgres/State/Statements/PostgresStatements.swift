/// The SQL of the state adapter, made once for a schema, a table prefix and a type of identifiers.
///
/// An object, since it is handed on with each operation, and holds some hundred texts.
package final class PostgresStatements: Sendable {
    let tables: PostgresTables
    package let claim: ClaimStatements
    package let start: StartStatements
    package let settle: SettleStatements
    let outcome: OutcomeStatements
    let read: ReadStatements
    let change: ChangeStatements
    let delete: DeleteStatements
    let telemetry: TelemetryStatements

    package init(_ tables: PostgresTables) {
        self.tables = tables
        claim = ClaimStatements(tables)
        start = StartStatements(tables)
        settle = SettleStatements(tables)
        outcome = OutcomeStatements(tables)
        read = ReadStatements(tables)
        change = ChangeStatements(tables)
        delete = DeleteStatements(tables)
        telemetry = TelemetryStatements(tables)
    }
}
