import Basics

/// When the requests of a workload are meant to start.
///
/// | text | requests start |
/// | --- | --- |
/// | `together` | all at the start of the window: a batch |
/// | `closed:8` | 8 at the start, and one whenever one has ended |
/// | `rate:4`, `rate:4~constant` | every 1/4 s |
/// | `rate:4~poisson` | 4 a second on average, independently of each other |
/// | `rate:4~gamma:0.5` | 4 a second on average, in bursts: see ``ArrivalProcess`` |
/// | `@trace.jsonl` | when a file says: see ``ArrivalTrace`` |
///
/// But for `closed`, the schedule is there before the run, and nothing bends it: it is not stretched
/// to give the rate exactly, and not shifted when requests are late.
package enum Arrivals: Equatable, Sendable {
    case together
    case closed(concurrency: Int)
    /// Requests a second, and how the gaps between them are drawn.
    case open(rate: Double, ArrivalProcess)
    case trace(ArrivalTrace)

    /// The rates that are allowed, in requests a second: from one in a quarter of an hour to more than
    /// any engine answers.
    static let rates = 0.001...1_000_000

    /// When each of the first requests is meant to start, in nanoseconds from the start of the window;
    /// nil where that depends on the ends of others.
    ///
    /// At a rate the first starts with the window, and the gaps follow it. A longer schedule begins
    /// with the shorter one.
    ///
    /// - Parameters:
    ///   - count: 0 or more.
    ///   - seed: what gaps are drawn from.
    /// - Throws: `WorkloadError.tooFewArrivals`.
    package func offsets(count: Int, seed: UInt64) throws(WorkloadError) -> [UInt64]? {
        precondition(count >= 0, "there are no \(count) requests")
        switch self {
        case .together:
            return Array(repeating: 0, count: count)
        case .closed:
            return nil
        case .open(let rate, .constant):
            return (0..<count).map { Self.nanoseconds(Double($0) / rate) }
        case .open(let rate, let process):
            var generator = SplitMix64(seed: seed)
            var seconds = 0.0
            return (0..<count).map { index in
                if index > 0 { seconds += process.gap(&generator) / rate }
                return Self.nanoseconds(seconds)
            }
        case .trace(let trace):
            guard count <= trace.offsets.count else {
                throw .tooFewArrivals(
                    path: trace.path, found: trace.offsets.count, wanted: count)
            }
            return Array(trace.offsets[..<count])
        }
    }

    private static func nanoseconds(_ seconds: Double) -> UInt64 {
        // 290 years at most: nobody waits for them, and what is added to a clock does not overflow.
        UInt64(min((seconds * 1e9).rounded(), 0x1p63))
    }
}

// MARK: - Text

extension Arrivals: CustomStringConvertible {
    /// Reads what the command line has.
    package init(parsing text: String) throws(WorkloadError) {
        let text = try OptionText(text, of: .arrivals)
        if let path = try text.path() {
            self = .trace(try ArrivalTrace(path: path))
            return
        }
        let (name, value) = text.split(at: ":")
        switch (name.text, value) {
        case ("together", nil):
            self = .together
        case ("closed", let value?):
            self = .closed(concurrency: try value.wholeNumber())
        case ("rate", let value?):
            let (rate, process) = value.split(at: "~")
            let number = try rate.decimal(in: Self.rates)
            self = .open(rate: number, try process.map(ArrivalProcess.init) ?? .constant)
        default:
            throw text.malformed
        }
    }

    /// What the command line would have for it, in one form whatever the user wrote.
    package var description: String {
        switch self {
        case .together: "together"
        case .closed(let concurrency): "closed:\(concurrency)"
        case .open(let rate, let process): "rate:\(OptionText.text(rate))~\(process)"
        case .trace(let trace): "@\(trace.path)"
        }
    }
}
