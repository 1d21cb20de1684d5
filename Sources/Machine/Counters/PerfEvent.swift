/// Something that the CPU or the kernel counts, by the numbers of perf_event_open(2).
package struct PerfEvent: Hashable, Sendable {
    package let name: String
    /// Whose numbers `config` holds: those of `linux/perf_event.h`, or of a device in
    /// `/sys/bus/event_source/devices`.
    package let type: UInt32
    package let config: UInt64
    /// Whether only what happens outside of the kernel counts.
    package let excludesKernel: Bool

    package init(_ name: String, type: UInt32, config: UInt64, excludesKernel: Bool = true) {
        self.name = name
        self.type = type
        self.config = config
        self.excludesKernel = excludesKernel
    }
}

extension PerfEvent {
    /// Work and memory accesses: few enough for the counters of one core at once, where two of them
    /// are fixed (Intel) or six are free (AMD).
    ///
    /// Numbers: `linux/perf_event.h`, `PERF_TYPE_HARDWARE` and, in the form `cache | operation << 8 |
    /// result << 16`, `PERF_TYPE_HW_CACHE`.
    package static let processor = [
        PerfEvent("cycles", type: 0, config: 0),
        PerfEvent("instructions", type: 0, config: 1),
        PerfEvent("cache_references", type: 0, config: 2),
        PerfEvent("cache_misses", type: 0, config: 3),
        PerfEvent("last_level_read_misses", type: 3, config: 0x10002),
        PerfEvent("dtlb_read_misses", type: 3, config: 0x10003),
    ]

    /// The names of the clocks that tell a frequency: ticks of the time stamp counter, and, while
    /// the core is awake, its own cycles and ticks of the nominal frequency.
    static let clockNames = ["tsc", "aperf", "mperf"]

    /// Those clocks, each with the reason why it is not there.
    static func clocks(files: SystemFiles) -> [(name: String, event: PerfEvent?, unknown: String?)]
    {
        let device = "sys/bus/event_source/devices/msr"
        return clockNames.map { name in
            let path = "\(device)/events/\(name)"
            guard let type = files.text("\(device)/type").flatMap(UInt32.init) else {
                return (name, nil, "no such file: \(files.absolute("\(device)/type"))")
            }
            guard let text = files.text(path) else {
                return (name, nil, "no such file: \(files.absolute(path))")
            }
            guard let config = config(text) else {
                return (name, nil, "\(files.absolute(path)) holds '\(text)', not event=0x…")
            }
            // This device knows no difference between the kernel and the rest.
            return (name, PerfEvent(name, type: type, config: config, excludesKernel: false), nil)
        }
    }

    /// The number in `event=0x01`.
    private static func config(_ text: String) -> UInt64? {
        text.hasPrefix("event=0x") ? UInt64(text.dropFirst(8), radix: 16) : nil
    }
}
