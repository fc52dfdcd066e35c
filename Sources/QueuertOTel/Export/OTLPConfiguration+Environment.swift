extension OTLPConfiguration {
    /// Reads the `OTEL_EXPORTER_OTLP_…` variables, of which those for the signal come first.
    init(_ reader: inout EnvironmentReader, signal: OTLPSignal) {
        self.init(endpoint: .local(for: signal))
        let own = "OTEL_EXPORTER_OTLP_\(signal.rawValue.uppercased())_"
        readProtocol(&reader, own, signal)
        readHeaders(&reader, own)
        if let timeout = reader.timeout(own + "TIMEOUT", "OTEL_EXPORTER_OTLP_TIMEOUT") {
            self.timeout = timeout
        }
        let compression = reader.word(
            own + "COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION",
            of: ["gzip": Compression.gzip, "none": .none], otherwise: "requests are not compressed")
        if let compression { self.compression = compression }
        readCertificates(&reader, own)
    }

    private enum TransportProtocol { case http(Encoding), grpc }

    private mutating func readProtocol(_ reader: inout EnvironmentReader, _ own: String, _ signal: OTLPSignal) {
        let transport = reader.word(
            own + "PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL",
            of: ["http/protobuf": TransportProtocol.http(.protobuf), "http/json": .http(.json), "grpc": .grpc],
            otherwise: "http/protobuf is used")
        switch transport {
        case .http(let encoding):
            self.encoding = encoding
            readEndpoint(&reader, own, signal)
        case .grpc: readGRPCEndpoint(&reader, own, signal)
        case nil: readEndpoint(&reader, own, signal)
        }
    }

    /// Over gRPC both addresses are the receiver's.
    private mutating func readGRPCEndpoint(
        _ reader: inout EnvironmentReader, _ own: String, _ signal: OTLPSignal
    ) {
        endpoint = .localGRPC(for: signal)
        guard reader.text(own + "ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") != nil else { return }
        let isInsecure = reader.isTrue(own + "INSECURE", "OTEL_EXPORTER_OTLP_INSECURE")
        readAddress(&reader, own) { (text: String, _: Bool) throws(OTLPEndpointError) -> OTLPEndpoint in
            try OTLPEndpoint(grpc: text, signal: signal, isInsecure: isInsecure)
        }
    }

    /// The address for the signal is used as it is; the general one is the receiver's, to which a path is added.
    private mutating func readEndpoint(
        _ reader: inout EnvironmentReader, _ own: String, _ signal: OTLPSignal
    ) {
        readAddress(&reader, own) { (text: String, isOwn: Bool) throws(OTLPEndpointError) -> OTLPEndpoint in
            try isOwn ? OTLPEndpoint(url: text) : OTLPEndpoint(base: text, signal: signal)
        }
    }

    /// Uses the first of the two addresses that can be used; what is wrong with one before it is told.
    private mutating func readAddress(
        _ reader: inout EnvironmentReader, _ own: String,
        make: (_ text: String, _ isOwn: Bool) throws(OTLPEndpointError) -> OTLPEndpoint
    ) {
        let addresses = reader.texts([own + "ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"])
        for (index, address) in addresses.enumerated() {
            do throws(OTLPEndpointError) {
                endpoint = try make(address.value, address.variable == own + "ENDPOINT")
                return
            } catch {
                let next = index + 1 < addresses.count ? "\(addresses[index + 1].variable) counts." : nil
                let instead = next ?? "The collector of this machine is used."
                reader.warn(address.variable, "\(error.sentence) \(instead)", hint: error.hint)
            }
        }
    }

    private mutating func readHeaders(_ reader: inout EnvironmentReader, _ own: String) {
        guard let (variable, text) = reader.text(own + "HEADERS", "OTEL_EXPORTER_OTLP_HEADERS")
        else { return }
        for (index, pair) in EnvironmentReader.pairs(text).enumerated() {
            if let pair, HTTPText.isHeaderName(pair.key), HTTPText.isHeaderValue(pair.value) {
                headers[pair.key] = pair.value
            } else {
                // Not even the name is told: of a pair that can't be read, any part may be the secret.
                reader.warn(
                    variable, "Header number \(index + 1) can't be read, and is left out.",
                    hint: "Write name=value,name=value and percent-encode commas, percent signs and spaces.")
            }
        }
    }

    private mutating func readCertificates(_ reader: inout EnvironmentReader, _ own: String) {
        certificateAuthorityPath =
            reader.text(own + "CERTIFICATE", "OTEL_EXPORTER_OTLP_CERTIFICATE")?.value
        let certificate = reader.text(
            own + "CLIENT_CERTIFICATE", "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE")
        let key = reader.text(own + "CLIENT_KEY", "OTEL_EXPORTER_OTLP_CLIENT_KEY")
        if let certificate, let key {
            clientCertificate = ClientCertificate(certificatePath: certificate.value, keyPath: key.value)
        } else if let lone = certificate ?? key {
            reader.warn(
                lone.variable, "A client certificate needs both the certificate and its key, so neither is used.",
                hint: "Set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY.")
        }
    }
}
