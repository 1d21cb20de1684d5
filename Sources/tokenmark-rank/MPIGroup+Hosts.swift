import CMPI
import Glibc
import Isolation
import Machine
import Qwen
import Suite

extension MPIGroup {
    /// What adds up the sums of hosts; nil where there is one.
    func hostSums(_ settings: CoreSettings) -> HostSums? {
        exchange.map { HostSums($0, settings.machine.reduce ?? .f32) }
    }

    /// Where this rank and the others meet.
    ///
    /// - Parameters:
    ///   - pool: the workers of this rank.
    ///   - hosts: what `hostSums` gave.
    /// - Throws: what the machine cannot tell.
    func meeting(
        _ settings: CoreSettings, _ pool: WorkerPool, _ hosts: HostSums?
    ) throws -> RankMeeting {
        RankMeeting(
            rank: place.place, of: place.countHere, workers: pool.workerCount,
            isCrowded: try settings.machine.isCrowded(place), hosts: hosts,
            slices: { try self.slices(byteCount: $0) })
    }

    /// How this host and the others exchange numbers; nil where there are no others.
    private var exchange: HostExchange? {
        guard hostCount > 1 else { return nil }
        let group = group
        return HostExchange(
            host: members[rank].host, of: hostCount,
            gather: { place, byteCount in
                Self.demand(
                    withUnsafePointer(to: group) { cmpi_gather_hosts($0, place, Int32(byteCount)) })
            },
            deal: { parts, received, byteCount in
                Self.demand(
                    withUnsafePointer(to: group) {
                        cmpi_deal_hosts($0, parts, received, Int32(byteCount))
                    })
            })
    }

    /// In the middle of a step there is no going on without the others.
    private static func demand(_ code: Int32) {
        guard code != 0 else { return }
        RankServer.tellLoss("another host cannot be reached: MPI's error \(code)")
        _exit(1)
    }
}
