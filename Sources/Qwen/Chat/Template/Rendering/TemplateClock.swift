internal import Glibc

/// The time as templates write it: `strftime` in the C locale.
enum TemplateClock {
    /// The local time in a format; nil for one that cannot be written.
    static func now(_ format: String) -> String? { text(time(nil), format) }

    /// - Parameter seconds: since the beginning of 1970.
    static func text(_ seconds: Int, _ format: String) -> String? {
        // Python's own; the C library has other meanings for it, or none.
        guard !format.contains("%f"), !format.contains("\0") else { return nil }
        guard !format.isEmpty else { return "" }
        var seconds = seconds
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return nil }
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = strftime(&bytes, bytes.count, format, &parts)
        guard count > 0 else { return nil }
        return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
