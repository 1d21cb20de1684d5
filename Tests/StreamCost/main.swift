import Glibc

// What streaming tokens costs where nothing is computed: a server on its loop and, in a process of its own, a reader of all its
// streams. Arguments: streams at a time, tokens in a step (so many streams in turn get one each), seconds, and tokens a second, where
// the steps are not to follow one another at once.
let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "read", let port = UInt16(arguments[2]),
    let streams = Int(arguments[3])
{
    try StreamReader(port: port, streams: streams).run()
    exit(0)
}
let numbers = arguments.dropFirst().map { Int($0) ?? 0 }
guard 3...4 ~= numbers.count, numbers.allSatisfy({ 1...1_000_000 ~= $0 }) else {
    let usage = "usage: stream-cost STREAMS TOKENS-A-STEP SECONDS [TOKENS-A-SECOND]\n"
    _ = write(STDERR_FILENO, usage, usage.utf8.count)
    exit(2)
}
let server = StreamServer(
    streams: numbers[0], rows: min(numbers[1], numbers[0]), seconds: numbers[2],
    rate: numbers.count > 3 ? numbers[3] : nil)
try server.run()
