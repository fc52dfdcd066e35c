import CLibFuzzer
import Foundation

// libFuzzer tries inputs until one stops the program, or for as many times or seconds as its options say.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(
    LLVMFuzzerRunDriver(&count, &arguments) { data, size in
        FuzzedInput(Array(UnsafeBufferPointer(start: data, count: size)))?.receive()
        return 0
    })
