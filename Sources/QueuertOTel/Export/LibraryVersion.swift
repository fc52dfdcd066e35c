/// The version of this library, as receivers of telemetry see it.
enum LibraryVersion {
    static let current = "0.1.0"
}
