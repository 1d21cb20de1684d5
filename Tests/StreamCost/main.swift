import Glibc

// What streaming tokens costs where nothing is computed: a server on its loop and, in a process of its own, a reader of all its
// streams. Arguments: streams at a time, tokens in a step (so many streams in turn get one each), seconds.
let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "read", let port = UInt16(arguments[2]),
    let streams = Int(arguments[3])
{
    try StreamReader(port: port, streams: streams).run()
    exit(0)
}
guard arguments.count == 4, let streams = Int(arguments[1]), let rows = Int(arguments[2]),
    let seconds = Int(arguments[3]), streams > 0, rows > 0, seconds > 0
else {
    let usage = "usage: stream-cost STREAMS TOKENS-A-STEP SECONDS\n"
    _ = write(STDERR_FILENO, usage, usage.utf8.count)
    exit(2)
}
try StreamServer(streams: streams, rows: min(rows, streams), seconds: seconds).run()
