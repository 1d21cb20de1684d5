/// What kept the threads of this process from running undisturbed in a span of time.
///
/// What the kernel does not tell is nil.
package struct Disturbances: Codable, Equatable, Sendable {
    /// How often a thread lost its CPU to another, threads that have ended included.
    package let involuntarySwitches: Int
    /// How often a thread came to another CPU, threads that have ended left out.
    package let migrations: Int?
    /// For how long threads could have run but had no CPU, together, threads that have ended left
    /// out.
    package let runDelayNanoseconds: Int?
    /// For how long the hypervisor ran others while the CPUs had work, together; in steps of
    /// 1 / `_SC_CLK_TCK`, which is 10 ms.
    package let stealNanoseconds: Int?
    /// Page faults that needed no input from disk.
    package let minorFaults: Int
    /// Page faults that did.
    package let majorFaults: Int
    /// How long the span was.
    package let elapsedNanoseconds: Int

    package init(
        involuntarySwitches: Int, migrations: Int?, runDelayNanoseconds: Int?,
        stealNanoseconds: Int?, minorFaults: Int, majorFaults: Int, elapsedNanoseconds: Int
    ) {
        self.involuntarySwitches = involuntarySwitches
        self.migrations = migrations
        self.runDelayNanoseconds = runDelayNanoseconds
        self.stealNanoseconds = stealNanoseconds
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.elapsedNanoseconds = elapsedNanoseconds
    }

    private enum CodingKeys: String, CodingKey {
        case involuntarySwitches = "involuntary_switches"
        case migrations
        case runDelayNanoseconds = "run_delay_ns"
        case stealNanoseconds = "steal_ns"
        case minorFaults = "minor_faults"
        case majorFaults = "major_faults"
        case elapsedNanoseconds = "elapsed_ns"
    }
}
