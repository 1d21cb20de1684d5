package import Measurement
import Sweep

/// What one of several processes that run a point together spent on it.
package struct ProcessRow: Equatable, Sendable {
    /// Such as `rank 1`.
    package let name: String
    /// Medians over the repetitions: times in nanoseconds, what it let each of the others read, and its
    /// roof; nil where it is not known.
    package let prefill: Double?
    package let prefillWait: Double?
    package let decode: Double?
    package let decodeWait: Double?
    package let exchangedBytes: Double?
    package let roof: Roof?
    /// The most that it held in any of them.
    package let peakResidentBytes: Int?
    /// Of the last: the CPUs that its threads are pinned to.
    package let cpus: [Int]?

    private init(_ name: String, _ shares: [ProcessShare]) {
        func median(_ values: [Int?]) -> Double? {
            Statistics(values.compactMap { $0.map(Double.init) })?.median
        }
        self.name = name
        prefill = median(shares.map(\.prefillNanoseconds))
        prefillWait = median(shares.map(\.prefillWaitNanoseconds))
        decode = median(shares.map(\.decodeNanoseconds))
        decodeWait = median(shares.map(\.decodeWaitNanoseconds))
        exchangedBytes = median(shares.map(\.exchangedBytes))
        roof = Roof(medianOf: shares.compactMap(\.roof))
        peakResidentBytes = shares.compactMap(\.peakResidentBytes).max()
        cpus = shares.last?.cpus
    }

    /// Those of a point in the order in which it names them; none where one process ran it.
    static func all(_ repetitions: [Repetition]) -> [ProcessRow] {
        var names: [String] = []
        var shares: [String: [ProcessShare]] = [:]
        for conditions in repetitions.flatMap(\.conditions) {
            guard let name = conditions.process, let share = conditions.share else { continue }
            if shares[name] == nil { names.append(name) }
            shares[name, default: []].append(share)
        }
        return names.map { ProcessRow($0, shares[$0] ?? []) }
    }

    /// The part of its passes in which it waited for others; nil where that is not known.
    package var waitShare: Double? {
        guard let prefill, let prefillWait else { return nil }
        let passes = prefill + (decode ?? 0)
        return passes > 0 ? (prefillWait + (decodeWait ?? 0)) / passes : nil
    }
}
