import Basics

/// Counts the disturbances from its creation on.
///
/// The files of the kernel are read before the span begins and after it has ended, so make one
/// just before a timed region and ask for the difference just after.
package struct DisturbanceMeter: Sendable {
    private let files: SystemFiles
    private let cpus: CPUSet?
    private let threads: ThreadCounters
    private let steal: [Int: Int]
    private let usage: ResourceUsage
    private let start: UInt64

    /// Begins to count.
    ///
    /// - Parameter cpus: those of which steal time counts; nil for all that the calling thread may
    ///   use.
    package init(cpus: CPUSet? = nil, root: String = "/") {
        files = SystemFiles(root: root)
        self.cpus = cpus ?? (files.isLive ? CPUAffinity.current : nil)
        threads = ThreadCounters(files: files)
        steal = StealTime.ticks(of: self.cpus, files: files)
        usage = .current()
        start = Clock.now()
    }

    /// What happened since then; it may be asked again.
    package func difference() -> Disturbances {
        let elapsed = Int(Clock.now() - start)
        let used = ResourceUsage.current() - usage
        let ticks = StealTime.ticks(of: cpus, files: files)
        let later = ThreadCounters(files: files)
        return Disturbances(
            involuntarySwitches: used.involuntarySwitches,
            migrations: later.migrations.growth(since: threads.migrations),
            runDelayNanoseconds: later.runDelays.growth(since: threads.runDelays),
            stealNanoseconds: ticks.growth(since: steal).map(StealTime.nanoseconds),
            minorFaults: used.minorFaults,
            majorFaults: used.majorFaults,
            elapsedNanoseconds: elapsed)
    }
}
