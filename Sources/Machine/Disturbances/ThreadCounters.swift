/// What the scheduler has counted of each thread of this process, by the thread's id.
///
/// Files: the kernel's `kernel/sched/debug.c` (`sched`) and `Documentation/scheduler/
/// sched-stats.rst` (`schedstat`).
struct ThreadCounters {
    /// Moves to another CPU; empty where the kernel has been built without them.
    let migrations: [Int: Int]
    /// Nanoseconds of being able to run without a CPU; empty where the kernel does not tell.
    let runDelays: [Int: Int]

    init(files: SystemFiles) {
        var migrations: [Int: Int] = [:]
        var runDelays: [Int: Int] = [:]
        for thread in files.numbers(in: "proc/self/task", prefix: "") {
            let directory = "proc/self/task/\(thread)"
            // A thread may have ended since the directory was read.
            if let text = files.value(of: "se.nr_migrations", in: "\(directory)/sched") {
                migrations[thread] = Int(text)
            }
            let fields = files.text("\(directory)/schedstat")?.split(separator: " ") ?? []
            if fields.count >= 2 {
                runDelays[thread] = Int(fields[1])
            }
        }
        self.migrations = migrations
        self.runDelays = runDelays
    }
}

extension [Int: Int] {
    /// By how much these counters together have grown; nil if there are none.
    ///
    /// A counter that is new, or smaller than before because its number was given to another, has
    /// grown from 0. What a counter that is gone had grown by is not known, and left out.
    func growth(since earlier: [Int: Int]) -> Int? {
        guard !isEmpty else { return nil }
        return reduce(0) { sum, counter in
            let before = earlier[counter.key] ?? 0
            return sum + (counter.value < before ? counter.value : counter.value - before)
        }
    }
}
