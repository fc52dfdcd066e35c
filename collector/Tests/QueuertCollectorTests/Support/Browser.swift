import Foundation

/// A headless Chromium, driven by its debugging protocol through a pipe.
///
/// Unlike dumping the page after a time, this can wait for what the page becomes, press keys and read its complaints.
final class Browser {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// What went wrong on the page: exceptions, refused scripts and failed requests.
    private(set) var complaints: [String] = []

    private let process = Process()
    private let input = Pipe()
    private let reader: PipeReader
    private var lastCall = 0
    private var session: String?

    private init(folder: URL) throws {
        guard let chromium = Self.find("chromium") else {
            throw Failure(
                description: "there is no chromium on PATH: install Debian's package chromium to run this test")
        }
        let output = Pipe()
        reader = PipeReader(output)
        // The protocol is spoken on the file descriptors 3 and 4, which Process can't set but a shell can.
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            ["-c", #"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#, chromium]
            + [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
                "--remote-debugging-pipe", "--user-data-dir=\(folder.path)", "--window-size=1280,800",
            ]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    /// Runs a browser while the body runs.
    static func run(_ body: (Browser) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let browser = try Browser(folder: folder)
            let result: Result<Void, any Error>
            do {
                try await browser.openPage()
                result = .success(try await body(browser))
            } catch { result = .failure(error) }
            browser.process.terminate()
            browser.process.waitUntilExit()
            try result.get()
        }
    }

    /// Shows another page.
    func open(_ address: String) async throws { _ = try await call("Page.navigate", ["url": address]) }

    /// Evaluates an expression in the page and returns its value as text.
    func text(_ expression: String) async throws -> String {
        let answer = try await call(
            "Runtime.evaluate", ["expression": "String(\(expression))", "returnByValue": true, "awaitPromise": true])
        if let exception = answer["exceptionDetails"] { throw Failure(description: "\(expression): \(exception)") }
        return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
    }

    /// Waits until a condition holds in the page; gives up after half a minute.
    func wait(for condition: String) async throws {
        let script = """
            new Promise((resolve) => {
              const end = Date.now() + 30000;
              const look = () => {
                let holds = false;
                try { holds = Boolean(\(condition)); } catch {}
                if (holds) resolve("yes");
                else if (Date.now() > end) resolve(document.body.innerText.slice(0, 2000));
                else setTimeout(look, 10);
              };
              look();
            })
            """
        let answer = try await call(
            "Runtime.evaluate", ["expression": script, "returnByValue": true, "awaitPromise": true])
        let value = (answer["result"] as? [String: Any])?["value"] as? String
        guard value == "yes" else { throw Failure(description: "never: \(condition), but: \(value ?? "\(answer)")") }
    }

    /// Presses and releases a key.
    func press(_ key: String) async throws {
        for type in ["keyDown", "keyUp"] {
            _ = try await call("Input.dispatchKeyEvent", ["type": type, "key": key, "code": key])
        }
    }

    private func openPage() async throws {
        let target = try await call("Target.createTarget", ["url": "about:blank"])
        let attached = try await call(
            "Target.attachToTarget", ["targetId": target["targetId"] as? String ?? "", "flatten": true])
        session = attached["sessionId"] as? String
        for domain in ["Runtime", "Page", "Log"] { _ = try await call("\(domain).enable") }
    }

    private func call(_ method: String, _ parameters: [String: Any] = [:]) async throws -> [String: Any] {
        lastCall += 1
        var message: [String: Any] = ["id": lastCall, "method": method, "params": parameters]
        message["sessionId"] = session
        try input.fileHandleForWriting.write(
            contentsOf: try JSONSerialization.data(withJSONObject: message) + [0])
        while let data = await reader.take(upTo: 0) {
            guard let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { continue }
            if answer["id"] as? Int == lastCall {
                if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
                return answer["result"] as? [String: Any] ?? [:]
            }
            if ["Runtime.exceptionThrown", "Log.entryAdded"].contains(answer["method"] as? String ?? "") {
                complaints.append(String(decoding: data, as: UTF8.self))
            }
        }
        throw Failure(description: "chromium ended before it answered \(method)")
    }

    private static func find(_ program: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
