internal import Foundation

/// How text is set off in a terminal: with colours, or not at all where it goes elsewhere.
package struct TerminalStyle: Sendable {
    /// Without colours.
    package static let plain = TerminalStyle(isColoured: false)

    /// For standard output: with colours if that is a terminal that wants them.
    package static var standardOutput: TerminalStyle {
        let environment = ProcessInfo.processInfo.environment
        let isRefused = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        return TerminalStyle(isColoured: isatty(STDOUT_FILENO) == 1 && !isRefused)
    }

    private let isColoured: Bool

    /// Makes a style.
    ///
    /// - Parameter isColoured: Whether there are colours.
    package init(isColoured: Bool) { self.isColoured = isColoured }

    func bold(_ text: String) -> String { set(text, "1") }
    func faint(_ text: String) -> String { set(text, "2") }
    func error(_ text: String) -> String { set(text, "31") }
    func good(_ text: String) -> String { set(text, "32") }
    func wait(_ text: String) -> String { set(text, "33") }
    func link(_ text: String) -> String { set(text, "36") }

    private func set(_ text: String, _ code: String) -> String {
        isColoured && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
