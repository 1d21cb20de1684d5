/// What the process had used at one moment between two steps.
///
/// Of the counts only their growth matters.
public struct UsagePoint: Equatable, Sendable {
    /// Of `Clock`.
    public var nanoseconds: UInt64
    /// Page faults that needed no input from disk.
    public var minorFaults: Int
    /// Page faults that did.
    public var majorFaults: Int
    /// How often a thread gave up its CPU to wait.
    public var voluntarySwitches: Int
    /// How often a thread lost its CPU to another.
    public var involuntarySwitches: Int
    /// Memory that the process has resident; nil where the kernel does not tell.
    public var residentBytes: Int?

    /// Takes the facts.
    public init(
        nanoseconds: UInt64, minorFaults: Int, majorFaults: Int, voluntarySwitches: Int,
        involuntarySwitches: Int, residentBytes: Int?
    ) {
        self.nanoseconds = nanoseconds
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.voluntarySwitches = voluntarySwitches
        self.involuntarySwitches = involuntarySwitches
        self.residentBytes = residentBytes
    }
}
