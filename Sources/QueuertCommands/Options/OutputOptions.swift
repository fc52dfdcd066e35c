#if CommandLine
internal import ArgumentParser

/// The option that says for whom the output is.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, with the keys that docs/guides/command-line.md lists, for programs.")
    var json = false
}

/// The option that lets users' data be shown.
struct DataOptions: ParsableArguments {
    @Flag(help: "Show inputs, outputs and the texts of errors, which are your users' data.")
    var showData = false
}
#endif
