/// What can be wrong with a receiver's certificate, by OpenSSL's numbers.
enum CertificateProblem {
    /// What is wrong, in words that hold nothing of the certificate.
    ///
    /// libcurl looks itself whether the certificate is for the host, and leaves the number as it was before. Where it was
    /// built with another library there are no numbers, and the words can say no more than that.
    static func words(for number: Int) -> String {
        switch number {
        case 0, 1: "it is for another host, or can't be trusted"
        case 9: "it is not valid yet"
        case 10: "it has expired"
        case 18, 19: "it is self-signed, or its authority is unknown"
        case 2, 20, 21: "its authority is unknown"
        case 23: "it was revoked"
        case 62, 64: "it is for another host"
        default: "it was not accepted, for OpenSSL's reason \(number)"
        }
    }
}
