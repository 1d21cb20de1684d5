// Feeds inputs of libFuzzer to the reader that TOKENMARK_READER names; all arguments are libFuzzer's.
// scripts/fuzz builds and runs it.
import Fuzzer
import Glibc

var count = CommandLine.argc
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
exit(LLVMFuzzerRunDriver(&count, &arguments, Trial.run))
