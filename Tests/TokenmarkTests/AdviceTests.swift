import Foundation
import Machine
import Testing

@testable import tokenmark

@Suite struct AdviceTests {
    @Test func aQuietRealMachineNeedsNoAdvice() throws {
        let machine = try Self.machine(
            """
            {"architecture": "x86_64", "governor": "performance", "transparentHugePages": "madvise",
             "numaBalancing": false, "swapUsedBytes": 0, "clockSource": "tsc",
             "loadAverages": [0.1, 0.2, 0.3], "hypervisor": "none"}
            """)
        #expect(Advice(machine).lines == [])
    }

    @Test func everythingThatDisturbsHasALineWithTheRemedy() throws {
        let machine = try Self.machine(
            """
            {"architecture": "x86_64", "governor": "powersave", "transparentHugePages": "never",
             "numaBalancing": true, "swapUsedBytes": 2097152, "clockSource": "hpet",
             "loadAverages": [3.5, 0, 0], "hypervisor": "KVM"}
            """)
        let lines = Advice(machine).lines
        for word in [
            "powersave: cpupower", "transparent_hugepage/enabled", "kernel.numa_balancing=0",
            "2 MiB are swapped out: swapoff", "hpet", "load 3.5", "KVM",
        ] {
            #expect(lines.contains { $0.contains(word) }, "\(word)")
        }
        #expect(lines.count == 7)
    }

    @Test func whatCannotBeReadIsNoReasonForAdvice() throws {
        #expect(Advice(try Self.machine(#"{"architecture": "x86_64"}"#)).lines == [])
    }

    private static func machine(_ json: String) throws -> MachineDescription {
        try JSONDecoder().decode(MachineDescription.self, from: Data(json.utf8))
    }
}
