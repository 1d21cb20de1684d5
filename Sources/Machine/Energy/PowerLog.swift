/// Power as it was read now and then, and the energy that follows from it.
package struct PowerLog: Equatable, Sendable {
    private struct Reading: Equatable, Sendable {
        /// Nanoseconds of `Clock`.
        let time: UInt64
        var watts: Double
    }

    /// What is read, for the reasons.
    private let command: String
    /// In the order of their times.
    private var readings: [Reading] = []
    /// Why the last reading failed; nil where it did not.
    private var failure: EnergyUnknown?
    /// How often a reading failed while none was ever taken.
    private(set) var failuresBeforeFirst = 0

    /// The longest that nothing is read, in nanoseconds, before what was in between is not known.
    package static let reach: UInt64 = 10_000_000_000

    package init(command: String) {
        self.command = command
    }

    /// Adds a reading.
    ///
    /// - Precondition: it is later than the one before.
    package mutating func add(watts: Double, at time: UInt64) {
        precondition(readings.last.map { $0.time < time } ?? true, "readings have an order")
        readings.append(Reading(time: time, watts: watts))
        failure = nil
    }

    /// Notes that a reading failed.
    package mutating func fail(_ reason: EnergyUnknown) {
        failure = reason
        if readings.isEmpty { failuresBeforeFirst += 1 }
    }

    /// The energy of a window of `Clock`, by the trapezoidal rule.
    ///
    /// Power is linear between readings; before the first and after the last it is as they are. A
    /// window needs one reading inside it, and none farther than ``reach`` from the next one or from
    /// its ends.
    package func energy(from start: UInt64, to end: UInt64) -> EnergyReading {
        let first = index(from: start)
        // One behind the last.
        let last = end < .max ? index(from: end + 1) : readings.count
        guard first < last else { return .unknown(emptyReason(from: start, to: end)) }
        let points =
            [edge(at: start, inside: first, outside: first - 1)] + readings[first..<last]
            + [edge(at: end, inside: last - 1, outside: last)]
        var joules = 0.0
        for (point, next) in zip(points, points.dropFirst()) {
            let gap = next.time - point.time
            guard gap <= Self.reach else { return .unknown(failure ?? gapReason(gap)) }
            joules += Double(gap) / 1e9 * (point.watts + next.watts) / 2
        }
        return .joules(joules)
    }

    /// The first reading that is not before a time; their number if all are.
    private func index(from time: UInt64) -> Int {
        var low = 0
        var high = readings.count
        while low < high {
            let middle = (low + high) / 2
            if readings[middle].time < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The power at an end of the window, between two neighbours or beside the one that there is.
    private func edge(at time: UInt64, inside: Int, outside: Int) -> Reading {
        func distance(_ first: UInt64, _ second: UInt64) -> UInt64 {
            max(first, second) - min(first, second)
        }
        let inner = readings[inside]
        var edge = Reading(time: time, watts: inner.watts)
        guard readings.indices.contains(outside) else { return edge }
        let outer = readings[outside]
        let gap = distance(inner.time, outer.time)
        if gap <= Self.reach {
            let share = Double(distance(inner.time, time)) / Double(gap)
            edge.watts += share * (outer.watts - inner.watts)
        }
        return edge
    }

    private func emptyReason(from start: UInt64, to end: UInt64) -> EnergyUnknown {
        if let failure { return failure }
        guard !readings.isEmpty else { return .noReading(command: command) }
        let length = end > start ? end - start : 0
        return length > Self.reach
            ? gapReason(length) : .tooShort(command: command, seconds: Double(length) / 1e9)
    }

    private func gapReason(_ nanoseconds: UInt64) -> EnergyUnknown {
        .gap(command: command, seconds: Double(nanoseconds) / 1e9)
    }
}
