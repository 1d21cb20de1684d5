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
             "loadAverages": [0.1, 0.2, 0.3], "hypervisor": "none", "turbo": false,
             "smtActive": false, "stealPercent": 0, "perfEvents": {"isReadable": true}}
            """)
        #expect(Advice(machine).lines == [])
    }

    @Test func everythingThatDisturbsHasALineWithTheRemedy() throws {
        let machine = try Self.machine(
            """
            {"architecture": "x86_64", "governor": "powersave", "transparentHugePages": "never",
             "numaBalancing": true, "swapUsedBytes": 2097152, "clockSource": "hpet",
             "loadAverages": [3.5, 0, 0], "hypervisor": "KVM", "stealPercent": 1.5,
             "perfEvents": {"isReadable": false, "reason": "kernel.perf_event_paranoid is 4"},
             "energyCounters": {"isReadable": false, "reason": "no permission to read"}}
            """)
        let lines = Advice(machine).lines
        for word in [
            "powersave: cpupower", "transparent_hugepage/enabled", "kernel.numa_balancing=0",
            "2 MiB are swapped out: swapoff", "hpet", "load 3.5", "KVM",
            "took 1.5 %", "sysctl kernel.perf_event_paranoid=1", "energy_uj",
        ] {
            #expect(lines.contains { $0.contains(word) }, "\(word)")
        }
        #expect(lines.count == 10)
        // What spoils every number comes first.
        #expect(Advice(machine).first.count == 5)
        #expect(lines[0].contains("load 3.5"))
    }

    @Test func whatCannotBeReadIsNoReasonForAdvice() throws {
        #expect(Advice(try Self.machine(#"{"architecture": "x86_64"}"#)).lines == [])
    }

    private static func machine(_ json: String) throws -> MachineDescription {
        try JSONDecoder().decode(MachineDescription.self, from: Data(json.utf8))
    }
}
