import ArgumentParser
import Foundation

/// The option that says where the database is.
struct DatabaseOption: ParsableArguments {
    @Option(
        name: .customLong("database"),
        help: "The database's file. (default: queuert-collector/traces.sqlite in ~/.local/state or $XDG_STATE_HOME)")
    private var given: String?

    /// The database's path.
    var path: String { given ?? Settings.text("DATABASE") ?? Self.defaultPath }

    private static var defaultPath: String {
        let state =
            ProcessInfo.processInfo.environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.local/state"
        return state + "/queuert-collector/traces.sqlite"
    }
}
