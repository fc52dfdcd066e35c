import CLibFuzzer
import Foundation

/// Tries an input.
///
/// It has the name that libFuzzer's own `main` looks for, though ours runs.
@_cdecl("LLVMFuzzerTestOneInput")
func tryInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    FuzzedInput(Array(UnsafeBufferPointer(start: data, count: size)))?.receive()
    return 0
}

// libFuzzer tries inputs until one stops the program, or for as many times or seconds as its options say.
var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, tryInput))
