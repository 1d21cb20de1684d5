import Synchronization

/// The energy that the CPUs' packages used, by their own counters: RAPL's, or those that
/// ``EnergyZones`` finds in their place.
///
/// Each package counts once: what its cores, its graphics or its memory used is not added, and no
/// domain of the whole platform. A thread reads the counters now and then, so that none begins anew
/// twice between two marks: at 300 W that takes a quarter of an hour.
package final class EnergyCounters: Sendable {
    /// What the packages have used up to a moment.
    package struct Mark: Equatable, Sendable {
        /// Of all packages, since the counters were first read.
        fileprivate let microjoules: UInt64
        /// How often a counter went back, so that what it had counted is lost.
        fileprivate let losses: Int
        /// The file of the last of these.
        fileprivate let lostPath: String
        /// Why a counter could not be read at this moment.
        fileprivate let unknown: EnergyUnknown?
    }

    private let tally: Tally
    /// Only of this machine, and only where there is something to read.
    private let reader: RepeatingThread?

    /// Far below the time that any counter takes: the smallest known ranges are 65 kJ.
    private static let nanosecondsBetweenReadings: UInt64 = 60_000_000_000

    /// - Parameter root: where the files of the machine are.
    /// - Throws: `MachineError.threadNotStarted`.
    package init(root: String = "/") throws(MachineError) {
        let files = SystemFiles(root: root)
        let tally = Tally(files: files)
        self.tally = tally
        guard files.isLive, tally.mark().unknown == nil else {
            reader = nil
            return
        }
        reader = try RepeatingThread(name: "energy", every: Self.nanosecondsBetweenReadings) { _ in
            _ = tally.mark()
            return true
        }
    }

    /// Why energy cannot be had here; nil if it can.
    package var unknown: EnergyUnknown? { mark().unknown }

    /// Reads the counters: some microseconds each.
    package func mark() -> Mark { tally.mark() }

    /// What was used between two marks.
    package func energy(from earlier: Mark, to later: Mark) -> EnergyReading {
        if let unknown = earlier.unknown ?? later.unknown { return .unknown(unknown) }
        guard earlier.losses == later.losses else {
            return .unknown(.wentBack(path: later.lostPath))
        }
        return .joules(Double(later.microjoules &- earlier.microjoules) / 1e6)
    }
}

extension EnergyCounters {
    /// The counters, carried on beyond their ranges.
    private final class Tally: Sendable {
        private struct State {
            /// What was last read of each package; nil before the first time.
            var last: [UInt64?]
            var microjoules: UInt64 = 0
            var losses = 0
            var lostPath = ""
        }

        private let files: SystemFiles
        private let packages: [EnergyZones.Zone]
        private let state: Mutex<State>

        init(files: SystemFiles) {
            self.files = files
            // Parts have a slash in their names, and psys holds the packages.
            let packages = EnergyZones(files: files).zones.filter {
                !$0.name.contains("/") && !$0.name.hasPrefix("psys")
            }
            self.packages = packages
            state = Mutex(State(last: Array(repeating: nil, count: packages.count)))
        }

        func mark() -> Mark {
            state.withLock { state -> Mark in
                var unknown: EnergyUnknown?
                if packages.isEmpty {
                    unknown = .noCounters(directory: files.absolute("sys/class/powercap"))
                }
                for (index, package) in packages.enumerated() {
                    if let value = files.text(package.path).flatMap({ UInt64($0) }) {
                        Self.add(value, of: package, at: index, to: &state)
                    } else {
                        unknown = unknown ?? problem(with: package)
                    }
                }
                return Mark(
                    microjoules: state.microjoules, losses: state.losses,
                    lostPath: files.absolute(state.lostPath), unknown: unknown)
            }
        }

        private static func add(
            _ value: UInt64, of package: EnergyZones.Zone, at index: Int, to state: inout State
        ) {
            if let last = state.last[index] {
                if let used = package.microjoules(from: last, to: value) {
                    state.microjoules &+= used
                } else {
                    state.losses += 1
                    state.lostPath = package.path
                }
            }
            state.last[index] = value
        }

        private func problem(with package: EnergyZones.Zone) -> EnergyUnknown {
            let path = files.absolute(package.path)
            if !files.exists(package.path) { return .missing(path: path) }
            return files.isReadable(package.path)
                ? .notANumber(path: path) : .notPermitted(path: path)
        }
    }
}
