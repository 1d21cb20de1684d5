internal import Basics

/// What else happened on the machine between entry and end of a call; nil where it cannot be read.
package struct RunConditions: Codable, Equatable, Sendable {
    /// Which of several processes it was, such as `rank 1`; nil where there is one.
    package var process: String?
    /// From the reading before the call to that after it.
    package var elapsedNanoseconds: Int
    /// How often a thread of the engine lost its CPU to another.
    package var involuntarySwitches: Int
    /// How often one moved to another CPU.
    package var migrations: Int?
    /// How long threads were ready to run and did not, all together.
    package var runDelayNanoseconds: Int?
    /// What the hypervisor took from the CPUs of the threads, all together.
    package var stealNanoseconds: Int?
    /// Page faults without and with a read from the disk.
    package var minorFaults: Int
    package var majorFaults: Int
    /// Threads that worked.
    package var threads: Int
    /// The frequency of a core right before and right after.
    package var hertzBefore: Double?
    package var hertzAfter: Double?
    /// What was asked of the machine and not got, one line each: pins, memory policy.
    package var problems: [String] = []
    /// What the process spent on the call; nil where there is one.
    package var share: ProcessShare?

    package init(
        elapsedNanoseconds: Int, involuntarySwitches: Int, minorFaults: Int, majorFaults: Int,
        threads: Int
    ) {
        self.elapsedNanoseconds = elapsedNanoseconds
        self.involuntarySwitches = involuntarySwitches
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
        self.threads = threads
    }

    /// Both calls together: counts add up, the frequency is that before the first and after the last.
    package static func + (first: RunConditions, last: RunConditions) -> RunConditions {
        var both = RunConditions(
            elapsedNanoseconds: first.elapsedNanoseconds &+ last.elapsedNanoseconds,
            involuntarySwitches: first.involuntarySwitches &+ last.involuntarySwitches,
            minorFaults: first.minorFaults &+ last.minorFaults,
            majorFaults: first.majorFaults &+ last.majorFaults,
            threads: max(first.threads, last.threads))
        both.process = first.process == last.process ? first.process : nil
        if let earlier = first.share, let later = last.share, first.process == last.process {
            both.share = earlier + later
        }
        both.migrations = knownSum(first.migrations, last.migrations)
        both.runDelayNanoseconds = knownSum(
            first.runDelayNanoseconds, last.runDelayNanoseconds)
        both.stealNanoseconds = knownSum(first.stealNanoseconds, last.stealNanoseconds)
        both.hertzBefore = first.hertzBefore
        both.hertzAfter = last.hertzAfter
        both.problems = first.problems + last.problems.filter { !first.problems.contains($0) }
        return both
    }

    private enum CodingKeys: String, CodingKey {
        case process
        case elapsedNanoseconds = "elapsed_ns"
        case involuntarySwitches = "involuntary_switches"
        case migrations
        case runDelayNanoseconds = "run_delay_ns"
        case stealNanoseconds = "steal_ns"
        case minorFaults = "minor_faults"
        case majorFaults = "major_faults"
        case threads
        case hertzBefore = "hertz_before"
        case hertzAfter = "hertz_after"
        case problems, share
    }
}

extension [RunConditions] {
    /// Those of a call and of the one before it together, process by process.
    func after(_ earlier: [RunConditions]) -> [RunConditions] {
        earlier.count == count ? zip(earlier, self).map(+) : self
    }
}
