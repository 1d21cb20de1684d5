internal import Glibc

/// Text to stdout and stderr, whole and at once.
enum Terminal {
    /// Whether stderr is a terminal, so that progress may overwrite itself there.
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// The width of the terminal that stdout is, at this moment; 80 where it does not tell.
    static var outputColumns: Int { columns(of: STDOUT_FILENO) }

    /// The same of stderr.
    static var errorColumns: Int { columns(of: STDERR_FILENO) }

    /// The local time so many seconds from now, such as `14:32`.
    static func timeOfDay(secondsFromNow seconds: Double) -> String {
        var moment = time(nil) &+ Int(seconds < 1e9 ? max(0, seconds) : 1e9)
        var parts = tm()
        localtime_r(&moment, &parts)
        let minute = "\(parts.tm_min)"
        return "\(parts.tm_hour):\(minute.count < 2 ? "0" : "")\(minute)"
    }

    /// - Throws: `OutputLost`: what is printed is the result, so nobody may take it for whole.
    static func output(_ text: String) throws(OutputLost) {
        let code = write(text, to: STDOUT_FILENO)
        guard code == 0 else { throw OutputLost(code: code) }
    }

    /// Nobody is left to tell when stderr cannot be written, and no reason to end.
    static func error(_ text: String) {
        _ = write(text, to: STDERR_FILENO)
    }

    /// Makes the three streams ones that the rest of the program can rely on.
    ///
    /// The file that is opened next would take the number of a stream that was closed, and what is
    /// printed would go into it. Who reads a pipe no more is an error of the write, not our end.
    static func begin() {
        signal(SIGPIPE, SIG_IGN)
        for (stream, mode) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY),
        ] where fcntl(stream, F_GETFD) < 0 {
            // The lowest number that is free is this one. A stdin that was closed still gives
            // nothing, and a stdout takes nothing.
            _ = open("/dev/null", mode)
        }
    }

    private static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    /// Writes until all is written; returns 0, or the errno.
    private static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                // A write of nothing without an error would repeat for ever.
                if count == 0 { return ENOSPC }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
            return 0
        }
    }
}
