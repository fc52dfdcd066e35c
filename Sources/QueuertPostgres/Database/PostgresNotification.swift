/// What another connection has sent by NOTIFY.
struct PostgresNotification {
    /// The number of the server's process that sent it.
    let sender: Int32
    let payload: String
}
