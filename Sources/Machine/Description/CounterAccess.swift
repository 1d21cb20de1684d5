/// Whether this process can read some counters of the machine, and why not.
package struct CounterAccess: Codable, Equatable, Sendable {
    package let isReadable: Bool
    /// Why not; nil if they can be read.
    package let reason: String?

    package init(isReadable: Bool, reason: String? = nil) {
        self.isReadable = isReadable
        self.reason = reason
    }

    /// The CPU's counters, tried with the calling thread's cycles; nil of a recorded machine.
    static func perfEvents(files: SystemFiles) -> CounterAccess? {
        guard files.isLive else { return nil }
        let events = KernelPerfEvents()
        do throws(ErrorNumber) {
            events.close(try events.open(PerfEvent.processor[0], thread: 0, leader: nil))
            return CounterAccess(isReadable: true)
        } catch {
            return CounterAccess(
                isReadable: false, reason: CounterRefusal.reason(error, files: files))
        }
    }

    /// The counters of energy.
    static func energy(files: SystemFiles) -> CounterAccess {
        let energy = EnergyZones(files: files)
        guard !energy.zones.isEmpty else {
            return CounterAccess(isReadable: false, reason: energy.unknown)
        }
        guard let refused = energy.zones.first(where: { !files.isReadable($0.path) }) else {
            return CounterAccess(isReadable: true)
        }
        return CounterAccess(isReadable: false, reason: energy.unknown(refused))
    }
}
