import Dispatch
import Foundation
import Glibc
import Synchronization

/// A host name whose look-up doesn't end before the test has it end.
///
/// libcurl looks names up by `getaddrinfo`, of which the tests' program has one of its own, below.
final class HangingName: Sendable {
    /// The program's own function isn't the one that libraries call.
    struct NotInPlace: Error {}

    private struct State {
        var isLookedUp = false
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// Those that look-ups are asked for.
    private static let all = Mutex<[String: HangingName]>([:])

    let name = "\(UUID().uuidString.lowercased()).invalid"
    private let state = Mutex(State())
    private let ending = DispatchSemaphore(value: 0)

    init() throws {
        guard dlsym(nil, "getaddrinfo") != Self.theirs else { throw NotInPlace() }
        Self.all.withLock { $0[name] = self }
    }

    /// Whether a look-up has come to its end.
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Waits until somebody looks the name up.
    func waitForLookup() async {
        await withCheckedContinuation { continuation in
            let isLookedUp = state.withLock { state in
                if !state.isLookedUp { state.waiting.append(continuation) }
                return state.isLookedUp
            }
            if isLookedUp { continuation.resume() }
        }
    }

    /// Has look-ups end, of which the name has no more.
    func end() {
        Self.all.withLock { $0[name] = nil }
        ending.signal()
    }

    /// Looks the name up; two minutes are for ever to a test, and yet a test that fails ends.
    private func lookUp() -> Int32 {
        let waiting = state.withLock { state in
            state.isLookedUp = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
        if ending.wait(timeout: .now() + 120) == .success { ending.signal() }
        state.withLock { $0.hasEnded = true }
        return EAI_AGAIN
    }

    /// The look-up of a name that hangs; `nil` for other names.
    fileprivate static func lookUp(_ name: String) -> Int32? { all.withLock { $0[name] }?.lookUp() }

    /// The C library's `getaddrinfo`: the next one after the program's.
    fileprivate static var theirs: UnsafeMutableRawPointer? {
        dlsym(UnsafeMutableRawPointer(bitPattern: -1), "getaddrinfo")
    }
}

/// Looks a name up, in the C library's stead: libraries find what a program has before what others have.
///
/// - Parameters:
///   - name: The name.
///   - service: The port.
///   - hints: What is looked for.
///   - result: What is found.
/// - Returns: What the C library does, but for a ``HangingName``.
@_cdecl("getaddrinfo")
public func lookUpName(
    _ name: UnsafePointer<CChar>?, _ service: UnsafePointer<CChar>?, _ hints: UnsafeRawPointer?,
    _ result: UnsafeMutableRawPointer?
) -> Int32 {
    if let name, let outcome = HangingName.lookUp(String(cString: name)) { return outcome }
    typealias LookUp =
        @convention(c) (
            UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafeRawPointer?, UnsafeMutableRawPointer?
        ) -> Int32
    guard let theirs = HangingName.theirs else { return EAI_SYSTEM }
    return unsafeBitCast(theirs, to: LookUp.self)(name, service, hints, result)
}
