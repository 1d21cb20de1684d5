import Glibc

/// A moment of the calendar, in UTC: for naming and dating reports, never for timing.
package struct Timestamp: Equatable, Sendable {
    /// Seconds since 1970.
    package let seconds: Int

    package init(seconds: Int) {
        self.seconds = seconds
    }

    /// Reads what ``iso8601`` writes; nil for anything else.
    package init?(iso8601 text: String) {
        // Four digits of a year, so that texts sort as times do.
        guard text.utf8.count == 20 else { return nil }
        let fields = text.split { "-T:Z".contains($0) }.map { Int32($0) }
        guard fields.count == 6, !fields.contains(nil) else { return nil }
        let numbers = fields.compactMap(\.self)
        var calendar = tm()
        calendar.tm_year = numbers[0] &- 1900
        calendar.tm_mon = numbers[1] &- 1
        calendar.tm_mday = numbers[2]
        calendar.tm_hour = numbers[3]
        calendar.tm_min = numbers[4]
        calendar.tm_sec = numbers[5]
        self.init(seconds: timegm(&calendar))
        // No 30th of February.
        guard iso8601 == text else { return nil }
    }

    /// This moment.
    package static var now: Timestamp { Timestamp(seconds: time(nil)) }

    /// ISO 8601: `2024-05-01T12:30:00Z`.
    package var iso8601: String {
        let (date, time) = fields
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
    }

    /// For file names, which sort by time: `20240501T123000Z`.
    package var fileName: String {
        let (date, time) = fields
        return date.joined() + "T" + time.joined() + "Z"
    }

    /// Year, month, day and hour, minute, second, with their leading zeros.
    private var fields: (date: [String], time: [String]) {
        var clock: time_t = seconds
        var calendar = tm()
        gmtime_r(&clock, &calendar)
        func twoDigits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return (
            [
                "\(Int(calendar.tm_year) + 1900)", twoDigits(calendar.tm_mon + 1),
                twoDigits(calendar.tm_mday),
            ],
            [calendar.tm_hour, calendar.tm_min, calendar.tm_sec].map(twoDigits)
        )
    }
}
