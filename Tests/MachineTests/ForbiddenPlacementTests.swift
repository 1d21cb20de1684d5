import ForbiddenCalls
import Glibc
import Machine
import Testing

/// A kernel that lets nobody choose nodes or CPUs.
@Suite struct ForbiddenPlacementTests {
    @Test(arguments: [EPERM, ENOSYS])
    func memoryIsThereAndSaysThatNobodyChoseItsNodes(_ error: Int32) throws {
        let (region, pins) = try onOwnThread {
            try #require(forbid_placement(error) == 0)
            let topology = try Topology.read()
            let region = try MemoryRegion(byteCount: 4096, policy: .interleave, topology: topology)
            try region.prefault()
            let cpu = topology.onlineCPUs.ids[0]
            let pool = try WorkerPool(
                placement: Placement(seats: [Placement.Seat(cpu: cpu, node: nil)]))
            defer { pool.shutdown() }
            return (region, pool.pinRefusal)
        }
        #expect(region.policyRefusal == ErrorNumber(error))
        #expect(pins == ErrorNumber(error))
    }

    @Test func whatIsPermittedIsNoRefusal() throws {
        let region = try MemoryRegion(byteCount: 4096, policy: .interleave, topology: .read())
        #expect(region.policyRefusal == nil)
        #expect(try WorkerPool(placement: .unpinned(threads: 2)).pinRefusal == nil)
    }
}
