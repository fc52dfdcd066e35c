internal import CCurl
import Synchronization

/// Sends requests over HTTP with libcurl, one at a time, and keeps the connection for the next.
///
/// libcurl's proxy variables (`https_proxy`, `no_proxy` and so on) are honoured, except that loopback is never proxied.
final class HTTPClient: Sendable {
    /// The version of HTTP: 1.1; 2 without TLS; 2, which TLS agrees on.
    enum Version { case http1, http2InClear, http2OverTLS }

    /// What stays the same from request to request.
    struct Settings: Sendable {
        var url: String
        var version = Version.http1
        var isLoopback = false
        var userAgent: String
        var connectTimeout: Duration
        var maximumResponseBytes: Int
        var certificateAuthorityPath: String?
        var clientCertificatePath: String?
        var clientKeyPath: String?
    }

    private let settings: Settings
    /// Used by the thread whose turn it is, but that another may wake a transfer: `curl_multi_wakeup` alone may be called so.
    private let multi: CurlHandle
    /// Used by the thread whose turn it is.
    private let easy: CurlHandle
    /// One request at a time, for whose end the next waits no longer than its own timeout.
    private let turn = Turn()
    private let isInterrupted = Atomic(false)

    init(_ settings: Settings) throws(HTTPTransportError) {
        guard Self.globalState == CURLE_OK, let multi = curl_multi_init() else { throw Self.unusable }
        guard let easy = curl_easy_init() else {
            curl_multi_cleanup(multi)
            throw Self.unusable
        }
        self.settings = settings
        self.multi = CurlHandle(pointer: multi)
        self.easy = CurlHandle(pointer: easy)
    }

    deinit {
        curl_easy_cleanup(easy.pointer)
        curl_multi_cleanup(multi.pointer)
    }

    /// Ends a request that is under way at once, and makes later ones fail.
    ///
    /// Any thread may call.
    func interrupt() {
        isInterrupted.store(true, ordering: .sequentiallyConsistent)
        curl_multi_wakeup(multi.pointer)
    }

    /// Posts a body and reads the answer.
    ///
    /// Blocks the thread until then.
    func post(
        _ body: [UInt8], headers: [(name: String, value: String)], timeout: Duration
    ) throws(HTTPTransportError) -> HTTPResponse {
        try send(body, headers: headers, timeout: timeout)
    }

    /// Asks for what is at the address.
    ///
    /// Blocks the thread until the answer is there.
    func get(
        headers: [(name: String, value: String)] = [], timeout: Duration
    ) throws(HTTPTransportError) -> HTTPResponse {
        try send(nil, headers: headers, timeout: timeout)
    }

    private func send(
        _ body: [UInt8]?, headers: [(name: String, value: String)], timeout: Duration
    ) throws(HTTPTransportError) -> HTTPResponse {
        let transfer = HTTPTransfer(maximumBodyBytes: settings.maximumResponseBytes)
        let deadline = ContinuousClock.now + timeout
        let code = sendInTurn(body, headers: headers, deadline: deadline, transfer: transfer)
        guard !transfer.isOverLimit else {
            throw HTTPTransportError(
                code: .responseTooLarge, detail: "more than \(settings.maximumResponseBytes) bytes, or endless headers")
        }
        guard let code else { throw HTTPTransportError(code: .interrupted, detail: "another thread asked for it") }
        if code == CURLE_PEER_FAILED_VERIFICATION {
            throw HTTPTransportError(
                code: .untrustedReceiver, detail: CertificateProblem.words(for: transfer.verification))
        }
        guard code == CURLE_OK else {
            throw HTTPTransportError(code: Self.meaning(of: code), detail: String(cString: curl_easy_strerror(code)))
        }
        return transfer.response
    }

    /// libcurl's result, or `nil` if another thread interrupted the transfer.
    private func sendInTurn(
        _ body: [UInt8]?, headers: [(name: String, value: String)], deadline: ContinuousClock.Instant,
        transfer: HTTPTransfer
    ) -> CURLcode? {
        guard turn.begin(by: deadline) else { return CURLE_OPERATION_TIMEDOUT }
        defer { turn.end() }
        let timeout = ContinuousClock.now.duration(to: deadline)
        guard timeout > .zero else { return CURLE_OPERATION_TIMEDOUT }
        guard let body else { return perform(nil, headers: headers, timeout: timeout, transfer: transfer) }
        return body.withUnsafeBufferPointer { bytes in
            perform(bytes, headers: headers, timeout: timeout, transfer: transfer)
        }
    }

    private func perform(
        _ body: UnsafeBufferPointer<UInt8>?, headers: [(name: String, value: String)], timeout: Duration,
        transfer: HTTPTransfer
    ) -> CURLcode? {
        let handle = easy.pointer
        // The connection belongs to the multi handle and survives this.
        curl_easy_reset(handle)
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for header in headers + [("Expect", nil)] as [(String, String?)] {
            // "Name;" is how libcurl spells an empty value; "Name:" removes a header. Without `Expect`, libcurl
            // doesn't wait a second for a server that never says 100.
            let line = header.1.map { $0.isEmpty ? "\(header.0);" : "\(header.0): \($0)" } ?? "\(header.0):"
            list = curl_slist_append(list, line)
        }
        let code = configure(handle, timeout: timeout)
        guard code == CURLE_OK else { return code }
        guard settings.version == .http1 || speakHTTP2(handle) else { return CURLE_NOT_BUILT_IN }
        ccurl_set_list(handle, CURLOPT_HTTPHEADER, list)
        if let body {
            ccurl_set_long(handle, CURLOPT_POST, 1)
            ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            // An empty body must not be a null pointer, which would make libcurl read standard input.
            if let bytes = body.baseAddress {
                ccurl_set_pointer(handle, CURLOPT_POSTFIELDS, bytes)
            } else {
                ccurl_set_string(handle, CURLOPT_COPYPOSTFIELDS, "")
            }
        }
        // Nobody keeps the reference: the transfer outlives the loop below, and the handle is reset before the next.
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        ccurl_set_write(handle, HTTPTransfer.bodyCallback, context)
        ccurl_set_header(handle, HTTPTransfer.headerCallback, context)
        return withExtendedLifetime(transfer) { run(handle, transfer: transfer) }
    }

    /// Asks for HTTP/2; false if libcurl was built without it.
    private func speakHTTP2(_ handle: UnsafeMutableRawPointer) -> Bool {
        let isInClear = settings.version == .http2InClear
        let version = isInClear ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_2TLS
        guard ccurl_set_long(handle, CURLOPT_HTTP_VERSION, Int(version)) == CURLE_OK else { return false }
        // Before 8.0, libcurl fails the second request that it sends over such a connection: its pull request 10643.
        if isInClear, Self.libraryVersion < 0x08_00_00 { ccurl_set_long(handle, CURLOPT_FORBID_REUSE, 1) }
        return true
    }

    private func configure(_ handle: UnsafeMutableRawPointer, timeout: Duration) -> CURLcode {
        var code = ccurl_set_string(handle, CURLOPT_URL, settings.url)
        func set(_ option: CURLoption, _ value: Int) {
            if code == CURLE_OK { code = ccurl_set_long(handle, option, value) }
        }
        func set(_ option: CURLoption, _ value: String?) {
            if let value, code == CURLE_OK { code = ccurl_set_string(handle, option, value) }
        }
        if code == CURLE_OK { code = ccurl_close_on_exec(handle) }
        if code == CURLE_OK { code = leaveLookups(handle) }
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_TIMEOUT_MS, timeout.wholeMilliseconds)
        set(CURLOPT_CONNECTTIMEOUT_MS, min(timeout, settings.connectTimeout).wholeMilliseconds)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_USERAGENT, settings.userAgent)
        set(CURLOPT_NOPROXY, settings.isLoopback ? "*" : nil)
        set(CURLOPT_CAINFO, settings.certificateAuthorityPath)
        if settings.certificateAuthorityPath != nil, code == CURLE_OK { code = trustNoFolder(handle) }
        set(CURLOPT_SSLCERT, settings.clientCertificatePath)
        set(CURLOPT_SSLKEY, settings.clientKeyPath)
        return code
    }

    /// Has the look-up of a name left to its thread where the request ends before it.
    ///
    /// Otherwise libcurl waits for the thread, and a name server that says nothing holds up what has no time left or is
    /// interrupted. One that is older than 7.87 always waits.
    private func leaveLookups(_ handle: UnsafeMutableRawPointer) -> CURLcode {
        let code = ccurl_quick_exit(handle)
        return code == CURLE_UNKNOWN_OPTION ? CURLE_OK : code
    }

    /// Has only the file of authorities trusted, and not the folder as well with which libcurl may have been built.
    private func trustNoFolder(_ handle: UnsafeMutableRawPointer) -> CURLcode {
        let code = ccurl_set_string(handle, CURLOPT_CAPATH, nil)
        // Where TLS is by a library that reads no folders, there is none to leave out.
        return code == CURLE_NOT_BUILT_IN || code == CURLE_UNKNOWN_OPTION ? CURLE_OK : code
    }

    /// Drives the transfer to its end.
    ///
    /// A multi handle is used because its wait can be ended from another thread at once; the progress callback of
    /// an easy handle is called once a second only.
    private func run(_ handle: UnsafeMutableRawPointer, transfer: HTTPTransfer) -> CURLcode? {
        guard curl_multi_add_handle(multi.pointer, handle) == CURLM_OK else { return CURLE_FAILED_INIT }
        defer { curl_multi_remove_handle(multi.pointer, handle) }
        var running: Int32 = 1
        while running > 0 {
            if isInterrupted.load(ordering: .sequentiallyConsistent) { return nil }
            guard curl_multi_perform(multi.pointer, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            // The limit only matters if libcurl has no timer of its own, which it always has: the timeout.
            if running > 0, curl_multi_poll(multi.pointer, nil, 0, 60_000, nil) != CURLM_OK { return CURLE_FAILED_INIT }
        }
        var remaining: Int32 = 0
        var code: CURLcode?
        while let message = curl_multi_info_read(multi.pointer, &remaining) {
            if message.pointee.msg == CURLMSG_DONE { code = message.pointee.data.result }
        }
        var status = 0
        guard ccurl_get_long(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK else { return CURLE_FAILED_INIT }
        transfer.response.status = status
        guard ccurl_get_long(handle, CURLINFO_SSL_VERIFYRESULT, &transfer.verification) == CURLE_OK else {
            return CURLE_FAILED_INIT
        }
        return code ?? CURLE_FAILED_INIT
    }

    private static func meaning(of code: CURLcode) -> HTTPTransportError.Code {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        // "Unsupported protocol" is also what libcurl says of an answer without an HTTP status line.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING: .malformedResponse
        case CURLE_WRITE_ERROR: .responseTooLarge
        case CURLE_URL_MALFORMAT, CURLE_FAILED_INIT, CURLE_NOT_BUILT_IN, CURLE_UNKNOWN_OPTION, CURLE_OUT_OF_MEMORY,
            CURLE_BAD_FUNCTION_ARGUMENT, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_NOTFOUND:
            .misconfigured
        default: .connectionFailed
        }
    }

    /// libcurl wants to be initialised once in a process; a static constant is.
    private static let globalState = curl_global_init(Int(CURL_GLOBAL_ALL))

    /// As libcurl writes its version: a byte each for major, minor and patch.
    private static let libraryVersion = ccurl_version_number()

    private static var unusable: HTTPTransportError {
        HTTPTransportError(code: .misconfigured, detail: "libcurl can't be initialised")
    }
}

/// A pointer to an easy or a multi handle.
///
/// Sendable because ``HTTPClient`` sees to libcurl's rule: a handle may move between threads, but only one uses it at a
/// time. Both handles are used by the thread whose turn it is; `curl_multi_wakeup`, which any thread may call, is the
/// exception.
private struct CurlHandle: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
}

extension Duration {
    /// Milliseconds as libcurl wants them: rounded up, and at least one, because zero would mean no limit.
    fileprivate var wholeMilliseconds: Int {
        let milliseconds = components.seconds.multipliedReportingOverflow(by: 1000)
        // Twelve days; more doesn't fit into libcurl's 32 bits.
        guard !milliseconds.overflow, milliseconds.partialValue < 1_000_000_000 else { return 1_000_000_000 }
        return max(
            1, Int(milliseconds.partialValue + (components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000))
    }
}
