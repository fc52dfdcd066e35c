internal import CCurl

/// An address as libcurl reads it, so that what is checked is what will be used.
final class CurlURL {
    private let handle: OpaquePointer

    init(_ text: String) throws(OTLPEndpointError) {
        guard let handle = curl_url() else { throw OTLPEndpointError(code: .malformed) }
        self.handle = handle
        let code = curl_url_set(handle, CURLUPART_URL, text, 0)
        guard code == CURLUE_OK else {
            let isScheme = code == CURLUE_BAD_SCHEME || code == CURLUE_UNSUPPORTED_SCHEME
            throw OTLPEndpointError(code: isScheme ? .unsupportedScheme : .malformed)
        }
        let scheme = Self.part(CURLUPART_SCHEME, of: handle)
        guard scheme == "http" || scheme == "https" else { throw OTLPEndpointError(code: .unsupportedScheme) }
        // A fragment is for browsers and never sent.
        curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    }

    deinit { curl_url_cleanup(handle) }

    var text: String { Self.part(CURLUPART_URL, of: handle) ?? "" }
    var host: String { Self.part(CURLUPART_HOST, of: handle) ?? "" }

    /// The address without user name, password and query.
    var redacted: String {
        let port = Self.part(CURLUPART_PORT, of: handle).map { ":\($0)" } ?? ""
        let path = Self.part(CURLUPART_PATH, of: handle) ?? ""
        return "\(Self.part(CURLUPART_SCHEME, of: handle) ?? "")://\(host)\(port)\(path)"
    }

    /// Adds to the path, with one slash between.
    func append(path addition: String) throws(OTLPEndpointError) {
        var path = Self.part(CURLUPART_PATH, of: handle) ?? ""
        while path.hasSuffix("/") { path.removeLast() }
        try replace(path: "\(path)/\(addition)")
    }

    /// Sets the path.
    func replace(path: String) throws(OTLPEndpointError) {
        let path = path.hasPrefix("/") ? path : "/\(path)"
        guard curl_url_set(handle, CURLUPART_PATH, path, 0) == CURLUE_OK else {
            throw OTLPEndpointError(code: .malformed)
        }
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
