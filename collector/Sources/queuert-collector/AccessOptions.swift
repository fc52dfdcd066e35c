import ArgumentParser
import QueuertCollector

/// The options that say who may send and read.
struct AccessOptions: ParsableArguments {
    @Option(help: "A file with the token that everybody must know; QUEUERT_COLLECTOR_TOKEN has the token itself.")
    var tokenFile: String?

    @Option(
        help: ArgumentHelp(
            "A web page's origin, from which browsers may send, such as https://*.example.com; can be repeated.",
            valueName: "origin"))
    var allowOrigin: [String] = []

    @Option(help: "How many connections may be open. (default: 2048)")
    var connections: String?

    @Flag(help: "Let tests ask for answers that tell of faults, with POST /_control.")
    var scriptedFaults = false

    /// Sets up a collector.
    ///
    /// - Parameter configuration: How the collector is set up.
    /// - Throws: `ValidationError` if an option makes no sense.
    func apply(to configuration: inout CollectorConfiguration) throws {
        configuration.token = try Settings.token(file: tokenFile)
        configuration.allowedOrigins = AllowedOrigins(Settings.list(allowOrigin, "ALLOW_ORIGIN"))
        configuration.connectionLimit =
            try Settings.value(connections, "CONNECTIONS", "a number of connections") { text in
                Int(text).flatMap { $0 > 0 ? $0 : nil }
            } ?? configuration.connectionLimit
        configuration.hasScriptedFaults = try Settings.flag(scriptedFaults, "SCRIPTED_FAULTS")
    }
}
