internal import Machine
internal import Profiling

extension UsagePoint {
    /// What the machine noted.
    init(_ mark: UsageMark) {
        self.init(
            nanoseconds: mark.nanoseconds,
            minorFaults: mark.usage.minorFaults,
            majorFaults: mark.usage.majorFaults,
            voluntarySwitches: mark.usage.voluntarySwitches,
            involuntarySwitches: mark.usage.involuntarySwitches,
            residentBytes: mark.residentBytes)
    }
}
