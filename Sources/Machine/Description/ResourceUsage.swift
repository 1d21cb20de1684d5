import Glibc

/// What the process has used since it began, as `getrusage` counts it.
///
/// The difference of two values says what happened between them.
package struct ResourceUsage: Sendable, Equatable, Codable {
    /// Page faults that needed no input from disk.
    package let minorFaults: Int
    /// Page faults that did.
    package let majorFaults: Int
    /// How often a thread gave up its CPU to wait.
    package let voluntarySwitches: Int
    /// How often a thread lost its CPU to another.
    package let involuntarySwitches: Int
    /// CPU time of all threads outside of the kernel.
    package let userNanoseconds: Int
    /// CPU time of all threads in the kernel.
    package let systemNanoseconds: Int
    /// The largest resident set so far; of a difference, by how much that grew.
    package let peakResidentBytes: Int

    package init(
        minorFaults: Int, majorFaults: Int, voluntarySwitches: Int, involuntarySwitches: Int,
        userNanoseconds: Int, systemNanoseconds: Int, peakResidentBytes: Int
    ) {
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.userNanoseconds = userNanoseconds
        self.systemNanoseconds = systemNanoseconds
        self.peakResidentBytes = peakResidentBytes
    }

    /// The usage of the whole process up to now.
    ///
    /// Allocates nothing.
    package static func current() -> ResourceUsage {
        var usage = rusage()
        let result = getrusage(RUSAGE_SELF, &usage)
        precondition(result == 0, "getrusage fails for wrong arguments only")
        return ResourceUsage(
            minorFaults: usage.ru_minflt,
            majorFaults: usage.ru_majflt,
            voluntarySwitches: usage.ru_nvcsw,
            involuntarySwitches: usage.ru_nivcsw,
            userNanoseconds: nanoseconds(usage.ru_utime),
            systemNanoseconds: nanoseconds(usage.ru_stime),
            peakResidentBytes: usage.ru_maxrss * 1024)
    }

    /// What was used after `earlier` and up to `later`.
    package static func - (later: ResourceUsage, earlier: ResourceUsage) -> ResourceUsage {
        ResourceUsage(
            minorFaults: later.minorFaults - earlier.minorFaults,
            majorFaults: later.majorFaults - earlier.majorFaults,
            voluntarySwitches: later.voluntarySwitches - earlier.voluntarySwitches,
            involuntarySwitches: later.involuntarySwitches - earlier.involuntarySwitches,
            userNanoseconds: later.userNanoseconds - earlier.userNanoseconds,
            systemNanoseconds: later.systemNanoseconds - earlier.systemNanoseconds,
            peakResidentBytes: later.peakResidentBytes - earlier.peakResidentBytes)
    }

    private static func nanoseconds(_ time: timeval) -> Int {
        Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_usec) * 1000
    }
}
