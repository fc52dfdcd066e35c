/// The address that telemetry of one signal is posted to.
public struct OTLPEndpoint: Hashable, Sendable {
    /// The whole address.
    ///
    /// It may hold a user name and a password, so it isn't for logs.
    public let url: String
    /// The address without what may be secret: user name, password and query.
    let redacted: String
    /// Whether the host is this machine's loopback, by its name.
    let isLoopback: Bool
    /// Whether the receiver speaks gRPC there; otherwise HTTP.
    let isGRPC: Bool

    /// The collector of this machine at OTLP's port, `http://localhost:4318/v1/traces`.
    public static let local = local(for: .traces)

    /// The collector of this machine at OTLP's port, for a signal.
    ///
    /// - Parameter signal: The kind of telemetry.
    /// - Returns: Its endpoint, such as `http://localhost:4318/v1/metrics`.
    public static func local(for signal: OTLPSignal) -> OTLPEndpoint {
        let url = "http://localhost:4318/\(signal.path)"
        return OTLPEndpoint(url: url, redacted: url, isLoopback: true, isGRPC: false)
    }

    /// The collector of this machine at the port for gRPC, 4317, without TLS.
    ///
    /// - Parameter signal: The kind of telemetry.
    /// - Returns: Its endpoint.
    public static func localGRPC(for signal: OTLPSignal = .traces) -> OTLPEndpoint {
        let url = "http://localhost:4317/\(signal.method)"
        return OTLPEndpoint(url: url, redacted: url, isLoopback: true, isGRPC: true)
    }

    private init(url: String, redacted: String, isLoopback: Bool, isGRPC: Bool) {
        self.url = url
        self.redacted = redacted
        self.isLoopback = isLoopback
        self.isGRPC = isGRPC
    }

    /// Makes an endpoint of an address that is used as it is; without a path, the path is `/`.
    ///
    /// - Parameter url: An address with `http` or `https`. Without a port it is 80 or 443.
    /// - Throws: ``OTLPEndpointError`` if the address can't be used.
    public init(url: String) throws(OTLPEndpointError) {
        self.init(try CurlURL(url))
    }

    /// Makes an endpoint of the address of a receiver, to which `v1/traces` or another signal's path is added.
    ///
    /// - Parameters:
    ///   - base: An address with `http` or `https`. Without a port it is 80 or 443.
    ///   - signal: The kind of telemetry.
    /// - Throws: ``OTLPEndpointError`` if the address can't be used.
    public init(base: String, signal: OTLPSignal = .traces) throws(OTLPEndpointError) {
        let url = try CurlURL(base)
        try url.append(path: signal.path)
        self.init(url)
    }

    /// Makes an endpoint of the address of a receiver that speaks gRPC, which is HTTP/2.
    ///
    /// A path is left out: gRPC has paths of its own.
    ///
    /// - Parameters:
    ///   - base: An address with `http`, which is without TLS, or `https`; without a port it is 80 or 443. An address that
    ///     is only a host and a port, as some configurations have it, is one with `https`.
    ///   - signal: The kind of telemetry.
    ///   - isInsecure: Whether an address that is only a host and a port is one with `http`.
    /// - Throws: ``OTLPEndpointError`` if the address can't be used.
    public init(
        grpc base: String, signal: OTLPSignal = .traces, isInsecure: Bool = false
    ) throws(OTLPEndpointError) {
        let url = try CurlURL(base.contains("://") ? base : "\(isInsecure ? "http" : "https")://\(base)")
        try url.replace(path: signal.method)
        self.init(url, isGRPC: true)
    }

    private init(_ url: CurlURL, isGRPC: Bool = false) {
        let host = url.host.lowercased()
        self.init(
            url: url.text, redacted: url.redacted,
            isLoopback: host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]"
                || Self.isLoopbackAddress(host), isGRPC: isGRPC)
    }

    private static func isLoopbackAddress(_ host: String) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension OTLPEndpoint: CustomStringConvertible, CustomDebugStringConvertible {
    /// The address without what may be secret.
    public var description: String { redacted }
    /// The address without what may be secret.
    public var debugDescription: String { redacted }
}
