import Foundation

#if CommandLine
import QueuertCommands
#endif

/// The command `queuert`.
@main
enum Main {
    static func main() async {
        #if CommandLine
        let status = await CommandLineTool.run(
            Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment,
            output: { FileHandle.standardOutput.write(Data($0.utf8)) },
            errors: { FileHandle.standardError.write(Data($0.utf8)) })
        exit(status)
        #else
        let sentence = """
            This `queuert` was built without its commands, which need swift-argument-parser. Build it with the trait for them:
                swift build -c release --product queuert --traits CommandLine

            """
        FileHandle.standardError.write(Data(sentence.utf8))
        exit(69)
        #endif
    }
}
