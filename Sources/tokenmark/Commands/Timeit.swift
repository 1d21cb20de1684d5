internal import Glibc
internal import Suite

/// The documents' switch for timing points: the environment variable `TIMEIT`.
enum Timeit {
    case unset
    case on
    case off

    /// - Throws: `UsageError` for any value but 0 and 1.
    static func read() throws(UsageError) -> Timeit {
        guard let value = getenv("TIMEIT") else { return .unset }
        switch String(cString: value) {
        case "1": return .on
        case "0": return .off
        case let text:
            throw UsageError("TIMEIT=\(text) is neither 0 nor 1; TIMEIT=1 sets timing points")
        }
    }

    /// Whether steps are stamped in a report that is gone on with, which the variable may not contradict.
    ///
    /// - Throws: `UsageError` if it does.
    static func keep(_ stampsSteps: Bool, of path: String) throws(UsageError) -> Bool {
        let isContrary =
            switch try read() {
            case .unset: false
            case .on: !stampsSteps
            case .off: stampsSteps
            }
        guard !isContrary else {
            throw UsageError(
                "TIMEIT=\(stampsSteps ? 0 : 1) contradicts \(path), which was begun with the other; "
                    + "unset it, or begin another report")
        }
        return stampsSteps
    }
}
