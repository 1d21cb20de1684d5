package import Machine
package import Profiling

extension UsagePoint {
    /// What the machine noted.
    package init(_ mark: UsageMark) {
        self.init(
            nanoseconds: mark.nanoseconds,
            minorFaults: mark.usage.minorFaults,
            majorFaults: mark.usage.majorFaults,
            voluntarySwitches: mark.usage.voluntarySwitches,
            involuntarySwitches: mark.usage.involuntarySwitches,
            residentBytes: mark.residentBytes)
    }
}
