#if !SwiftMetrics
/// Stands for the factory where the package is built without the trait that its dependency needs.
@available(
    *, unavailable,
    message: "Ask for the trait SwiftMetrics of this package in Package.swift: traits: [\"SwiftMetrics\"]"
)
public enum OTelMetricsFactory {}
#endif
