import Foundation
import Testing

/// A headless Chromium, driven by its debugging protocol through a pipe.
///
/// Unlike dumping the page after a time, this can wait for what the page becomes, press keys and read its complaints.
actor Browser {
    struct Failure: Error, CustomStringConvertible { let description: String }

    /// The browser of the tests that run, if they have one.
    @TaskLocal static var current: Browser?

    private let process = Process()
    private let input = Pipe()
    private let reader: PipeReader
    private var lastCall = 0
    private var complaints: [String: [String]] = [:]

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

    /// Runs a browser while the body runs, in which it is the current one.
    static func run(_ body: () async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let browser = try Browser(folder: folder)
            let result: Result<Void, any Error>
            do { result = .success(try await $current.withValue(browser, operation: body)) } catch {
                result = .failure(error)
            }
            await browser.stop()
            try result.get()
        }
    }

    private func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// Opens a page with a memory of its own, which is closed after the body.
    static func withPage(_ address: String, _ body: (BrowserPage) async throws -> Void) async throws {
        guard let browser = current else { throw Failure(description: "no browser runs") }
        let context = try await browser.value("browserContextId", of: "Target.createBrowserContext")
        let target = try await browser.value(
            "targetId", of: "Target.createTarget", ["url": "about:blank", "browserContextId": context])
        let session = try await browser.value(
            "sessionId", of: "Target.attachToTarget", ["targetId": target], ["flatten": true])
        let page = BrowserPage(browser: browser, session: session)
        let result: Result<Void, any Error>
        do {
            for domain in ["Runtime", "Page", "Log"] { try await browser.send("\(domain).enable", session: session) }
            try await page.open(address)
            result = .success(try await body(page))
        } catch { result = .failure(error) }
        try await browser.send("Target.disposeBrowserContext", ["browserContextId": context])
        try result.get()
    }

    /// What went wrong on a page: exceptions, refused scripts and failed requests.
    func complaints(in session: String) -> [String] { complaints[session] ?? [] }

    /// Sends a command.
    func send(_ method: String, _ parameters: [String: String] = [:], session: String? = nil) async throws {
        _ = try await call(method, parameters, session)
    }

    /// Sends a command with numbers.
    func send(_ method: String, numbers: [String: Int], flags: [String: Bool], session: String) async throws {
        _ = try await call(method, numbers, session, flags: flags)
    }

    /// Sends a command and reads one value of its answer.
    func value(
        _ key: String, of method: String, _ parameters: [String: String] = [:], _ flags: [String: Bool] = [:]
    ) async throws -> String {
        let answer = try await call(method, parameters, nil, flags: flags)
        return answer[key] as? String ?? ""
    }

    /// Evaluates an expression in a page and returns its value as text.
    func evaluate(_ expression: String, session: String) async throws -> String {
        let answer = try await call(
            "Runtime.evaluate", ["expression": expression], session,
            flags: ["returnByValue": true, "awaitPromise": true])
        if let exception = answer["exceptionDetails"] { throw Failure(description: "\(expression): \(exception)") }
        return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
    }

    private func call(
        _ method: String, _ parameters: [String: Any], _ session: String?, flags: [String: Bool] = [:]
    ) async throws -> [String: Any] {
        lastCall += 1
        let id = lastCall
        var message: [String: Any] = ["id": id, "method": method, "params": parameters.merging(flags) { $1 }]
        message["sessionId"] = session
        try input.fileHandleForWriting.write(
            contentsOf: try JSONSerialization.data(withJSONObject: message) + [0])
        while let data = await reader.take(upTo: 0) {
            guard let answer = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { continue }
            if answer["id"] as? Int == id {
                if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
                return answer["result"] as? [String: Any] ?? [:]
            }
            if ["Runtime.exceptionThrown", "Log.entryAdded"].contains(answer["method"] as? String ?? "") {
                complaints[answer["sessionId"] as? String ?? "", default: []].append(
                    String(decoding: data, as: UTF8.self))
            }
        }
        throw Failure(description: "chromium ended before it answered \(method)")
    }

    private static func find(_ program: String) -> String? {
        let folders = ProcessInfo.processInfo.environment["PATH", default: ""].split(separator: ":")
        return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// A page in a browser.
struct BrowserPage {
    let browser: Browser
    let session: String

    /// What went wrong on the page.
    var complaints: [String] { get async { await browser.complaints(in: session) } }

    /// Shows another page.
    func open(_ address: String) async throws {
        try await browser.send("Page.navigate", ["url": address], session: session)
    }

    /// Evaluates an expression and returns its value as text.
    func text(_ expression: String) async throws -> String {
        try await browser.evaluate("String(\(expression))", session: session)
    }

    /// Runs statements.
    func run(_ statements: String) async throws {
        _ = try await browser.evaluate("(async () => { \(statements) })().then(() => '')", session: session)
    }

    /// Goes to another view.
    func go(_ hash: String) async throws { try await run("location.hash = '\(hash)'") }

    /// Waits until a condition holds in the page; gives up after five minutes.
    func wait(for condition: String) async throws {
        let script = """
            new Promise((resolve) => {
              const end = Date.now() + 300000;
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
        let value = try await browser.evaluate(script, session: session)
        guard value == "yes" else { throw Browser.Failure(description: "never: \(condition), but: \(value)") }
    }

    /// Presses and releases a key.
    func press(_ key: String) async throws {
        for type in ["keyDown", "keyUp"] {
            try await browser.send(
                "Input.dispatchKeyEvent",
                ["type": type, "key": key, "code": key].merging(
                    key.count == 1 && type == "keyDown" ? ["text": key] : [:]
                ) { $1 },
                session: session)
        }
    }

    /// Shows the page as wide as a screen of another size does.
    func resize(width: Int, height: Int) async throws {
        try await browser.send(
            "Emulation.setDeviceMetricsOverride", numbers: ["width": width, "height": height, "deviceScaleFactor": 1],
            flags: ["mobile": false], session: session)
    }
}

/// Starts one browser for all tests of a suite.
struct BrowserTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await Browser.run { try await function() }
    }
}

extension Trait where Self == BrowserTrait {
    /// One browser for the whole suite.
    static var oneBrowser: Self { Self() }
}
