/// How telemetry of one signal is sent to a receiver: OTLP over HTTP or gRPC.
///
/// The variables named here also exist for one signal, such as `OTEL_EXPORTER_OTLP_METRICS_TIMEOUT`, which beat these.
///
/// Header values and the parts of the endpoint that may be secret are left out of the description.
public struct OTLPConfiguration: Hashable, Sendable {
    /// How request bodies are compressed.
    public enum Compression: Hashable, Sendable {
        /// Not at all.
        case none
        /// With gzip, to about a tenth of the size.
        case gzip
    }

    /// What a request over HTTP is written in; over gRPC it is always protobuf.
    public enum Encoding: Hashable, Sendable {
        /// Protobuf, which every receiver takes.
        case protobuf
        /// JSON, for a receiver or a proxy that reads nothing else.
        case json
    }

    /// What this process proves its identity with: two PEM files.
    public struct ClientCertificate: Hashable, Sendable {
        /// The path of the certificate.
        public var certificatePath: String
        /// The path of its private key.
        public var keyPath: String

        /// Names a certificate and its key.
        ///
        /// - Parameters:
        ///   - certificatePath: The path of the certificate.
        ///   - keyPath: The path of its private key.
        public init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// Gives headers that change while the process runs, such as a token that expires.
    ///
    /// ```swift
    /// configuration.headerProvider = OTLPConfiguration.HeaderProvider { ["Authorization": "Bearer \(tokens.current)"] }
    /// ```
    ///
    /// Two of them are equal if one is a copy of the other.
    public struct HeaderProvider: Hashable, Sendable {
        /// A closure can't be compared, and this can.
        private final class Source: Sendable {
            let headers: @Sendable () -> [String: String]
            init(_ headers: @escaping @Sendable () -> [String: String]) { self.headers = headers }
        }
        private let source: Source

        /// Makes a provider.
        ///
        /// - Parameter headers: Gives the headers, by name. It is called on the thread that sends, before each try, which waits
        ///   for it.
        public init(_ headers: @escaping @Sendable () -> [String: String]) { source = Source(headers) }

        /// The headers as they are now.
        func headers() -> [String: String] { source.headers() }

        /// Whether one is a copy of the other.
        ///
        /// - Parameters:
        ///   - left: A provider.
        ///   - right: Another.
        /// - Returns: Whether they are the same.
        public static func == (left: HeaderProvider, right: HeaderProvider) -> Bool { left.source === right.source }

        /// Feeds the hash.
        ///
        /// - Parameter hasher: What takes it.
        public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(source)) }
    }

    /// Where to, and whether over HTTP or gRPC.
    ///
    /// `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` or `OTEL_EXPORTER_OTLP_ENDPOINT`; `http://localhost:4318/v1/traces`, and over
    /// gRPC `http://localhost:4317`.
    public var endpoint: OTLPEndpoint
    /// Sent with each request.
    ///
    /// `OTEL_EXPORTER_OTLP_HEADERS`; none.
    ///
    /// Names that OTLP needs itself, such as `Content-Type`, and names or values that HTTP doesn't allow are left out.
    public var headers: [String: String]
    /// Gives more headers before each try, which beat ``headers`` of the same name; `nil`.
    ///
    /// If the receiver doesn't accept them, with status 401 or gRPC's `UNAUTHENTICATED`, it is asked once more and the
    /// request sent again at once.
    public var headerProvider: HeaderProvider?
    /// What this program calls itself to receivers, such as `shop/1.4`; `nil`.
    ///
    /// It comes before the exporter's own name in the header `User-Agent`.
    public var userAgentProduct: String?
    /// How long a batch may take, all tries included; `nil` for no limit of its own.
    ///
    /// `OTEL_EXPORTER_OTLP_TIMEOUT`; 10 s.
    public var timeout: Duration?
    /// How long it may take to connect; 5 s.
    public var connectTimeout: Duration
    /// What a request over HTTP is written in.
    ///
    /// `OTEL_EXPORTER_OTLP_PROTOCOL`, `http/protobuf` or `http/json`; protobuf. With `grpc` the endpoint is one for gRPC.
    public var encoding: Encoding
    /// How request bodies are compressed.
    ///
    /// `OTEL_EXPORTER_OTLP_COMPRESSION`; not at all.
    public var compression: Compression
    /// A PEM file of the authorities to trust, instead of the system's.
    ///
    /// `OTEL_EXPORTER_OTLP_CERTIFICATE`; `nil`.
    public var certificateAuthorityPath: String?
    /// What this process proves its identity with.
    ///
    /// `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE` and `OTEL_EXPORTER_OTLP_CLIENT_KEY`; `nil`.
    public var clientCertificate: ClientCertificate?
    /// How large a request may be before compression; a larger batch is split.
    ///
    /// 64 MiB.
    public var maximumRequestBytes: Int
    /// How large an answer may be; a larger one counts as refusal.
    ///
    /// 4 MiB.
    public var maximumResponseBytes: Int

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - endpoint: Where to, and whether over HTTP or gRPC.
    ///   - headers: Sent with each request.
    ///   - headerProvider: Gives more headers before each try.
    ///   - userAgentProduct: What this program calls itself to receivers, such as `shop/1.4`.
    ///   - timeout: How long a batch may take, all tries included; `nil` for no limit of its own.
    ///   - connectTimeout: How long it may take to connect.
    ///   - encoding: What a request over HTTP is written in.
    ///   - compression: How request bodies are compressed.
    ///   - certificateAuthorityPath: A PEM file of the authorities to trust, instead of the system's.
    ///   - clientCertificate: What this process proves its identity with.
    ///   - maximumRequestBytes: How large a request may be before compression.
    ///   - maximumResponseBytes: How large an answer may be.
    public init(
        endpoint: OTLPEndpoint = .local, headers: [String: String] = [:], headerProvider: HeaderProvider? = nil,
        userAgentProduct: String? = nil, timeout: Duration? = .seconds(10), connectTimeout: Duration = .seconds(5),
        encoding: Encoding = .protobuf, compression: Compression = .none,
        certificateAuthorityPath: String? = nil, clientCertificate: ClientCertificate? = nil,
        maximumRequestBytes: Int = 67_108_864, maximumResponseBytes: Int = 4_194_304
    ) {
        self.endpoint = endpoint
        self.headers = headers
        self.headerProvider = headerProvider
        self.userAgentProduct = userAgentProduct
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.encoding = encoding
        self.compression = compression
        self.certificateAuthorityPath = certificateAuthorityPath
        self.clientCertificate = clientCertificate
        self.maximumRequestBytes = maximumRequestBytes
        self.maximumResponseBytes = maximumResponseBytes
    }
}

extension OTLPConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    /// The settings, without header values.
    public var description: String {
        let limit = timeout.map { "\($0)" } ?? "none"
        return "OTLPConfiguration(endpoint: \(endpoint), headers: \(headers.keys.sorted()), timeout: \(limit), "
            + "compression: \(compression))"
    }
    /// The settings, without header values.
    public var debugDescription: String { description }
}

extension OTLPConfiguration: CustomReflectable {
    /// Nothing, so that `dump` doesn't show header values.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension OTLPConfiguration {
    /// What a request is written in: over gRPC always protobuf.
    var requestEncoding: Encoding { endpoint.isGRPC ? .protobuf : encoding }
}
