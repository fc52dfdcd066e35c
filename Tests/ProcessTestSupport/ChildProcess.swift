import Foundation
import Glibc

/// A program that a test runs.
///
/// It is no `Process` of Foundation's, which looks through all open files before it starts a program: where there are about a
/// thousand, as in the middle of all tests, it copies what lies behind their list in memory
/// (`findMaximumOpenFromProcSelfFD`), and where nothing does, that is the end of all tests.
package struct ChildProcess: Sendable {
    /// Where a program writes.
    package enum Output: Sendable {
        /// Where the tests write.
        case inherited
        /// Nowhere.
        case none
        /// To an open file.
        case file(Int32)
    }

    /// A program could not be started.
    package struct StartFailure: Error, CustomStringConvertible {
        let path: String
        let code: Int32

        package var description: String { "\(path) could not be started: \(String(cString: strerror(code)))" }
    }

    /// The process's number, until somebody has waited for its end.
    package let id: Int32

    /// More files are never open here; glibc has a call for all of them, which Swift does not see.
    private static var fileLimit: Int32 { 32_768 }

    /// Starts a program, which gets none of the open files but those named here.
    ///
    /// - Parameters:
    ///   - path: The program.
    ///   - arguments: Its arguments, without its name.
    ///   - environment: Its environment; that of the tests by default.
    ///   - output: Where its standard output goes.
    ///   - errors: Where its standard error goes.
    /// - Throws: ``StartFailure``.
    package init(
        _ path: String, _ arguments: [String], environment: [String: String]? = nil, output: Output = .inherited,
        errors: Output = .inherited
    ) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, output) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            switch output {
            case .inherited: break
            case .none: posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0)
            case .file(let file): posix_spawn_file_actions_adddup2(&actions, file, descriptor)
            }
        }
        for file in (STDERR_FILENO + 1)..<Self.fileLimit where fcntl(file, F_GETFD) >= 0 {
            posix_spawn_file_actions_addclose(&actions, file)
        }
        // In a group of its own, so that a signal to the tests' group isn't one to the program.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" }
        var id: pid_t = 0
        let code = Self.withTexts([path] + arguments) { arguments in
            Self.withTexts(variables) { posix_spawn(&id, path, &actions, &attributes, arguments, $0) }
        }
        if code != 0 { throw StartFailure(path: path, code: code) }
        self.id = id
    }

    /// Waits for the program's end, which keeps the thread.
    ///
    /// - Returns: Its status; the signal's number if one has ended it.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : signal
    }

    /// Waits for the program's end.
    ///
    /// - Returns: Its status; the signal's number if one has ended it.
    package func ended() async -> Int32 {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: wait()) }
        }
    }

    private static func withTexts<R>(
        _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> R
    ) -> R {
        var copies = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeMutableBufferPointer { pointers in
            guard let first = pointers.baseAddress else { preconditionFailure("there is at least the end") }
            return body(first)
        }
    }
}
