#if !GRDB
/// Stands for the adapter where the package is built without the trait that its dependency needs.
@available(*, unavailable, message: "Ask for the trait GRDB of this package in Package.swift: traits: [\"GRDB\"]")
public enum GRDBStateAdapter {}
#endif
