internal import Glibc

/// The time as the header `Date` has it, written once a second.
struct HTTPDate {
    private let time: () -> Int
    private var second = Int.min
    private var written = ""

    /// - Parameter time: seconds since 1970.
    init(_ time: @escaping () -> Int) {
        self.time = time
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    mutating func text() -> String {
        let now = time()
        guard now != second else { return written }
        second = now
        var moment = time_t(now)
        var parts = tm()
        gmtime_r(&moment, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map(Self.twoDigits)
        written =
            "\(days[Int(parts.tm_wday)]), \(Self.twoDigits(parts.tm_mday)) "
            + "\(months[Int(parts.tm_mon)]) \(1900 + parts.tm_year) "
            + "\(clock.joined(separator: ":")) GMT"
        return written
    }

    private static func twoDigits(_ number: Int32) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
