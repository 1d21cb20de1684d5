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

    static func output(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    static func error(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    private static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                // Nobody is left to tell when a stream is closed.
                guard count > 0 else { return }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
