import CMPI
import Glibc
import Isolation
import Qwen

extension MPIGroup {
    /// How this host and the others exchange numbers; nil where there are no others.
    var exchange: HostExchange? {
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
