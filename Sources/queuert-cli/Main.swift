import Foundation

#if CommandLine
import QueuertCommands
#endif

/// The command `queuert`.
@main
enum Main {
    static func main() async {
        StandardStream.reserve()
        #if CommandLine
        let status = await CommandLineTool.run(
            Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment,
            output: { StandardStream.output.write($0) }, errors: { StandardStream.errors.write($0) })
        if let reason = StandardStream.output.reasonOfFailure {
            StandardStream.errors.write("queuert: The output could not be written: \(reason).\n")
            exit(max(status, 1))
        }
        exit(status)
        #else
        let sentence = """
            This `queuert` was built without its commands, which need swift-argument-parser. Build it with the trait for them:
                swift build -c release --product queuert --traits CommandLine

            """
        StandardStream.errors.write(sentence)
        exit(69)
        #endif
    }
}
