import Machine
import Measurement
import Profiling
import Reporting
import Suite
import Testing

@testable import tokenmark

@Suite struct ProfileCountersTests {
    @Test func countersWithoutValuesHaveAReason() {
        let rows = [
            CounterRow(phase: .prefill, count: Count("minor_faults", value: 3)),
            CounterRow(
                phase: .decode,
                count: Count("energy", scope: "package-0", unit: "J", value: 1.25)),
            CounterRow(
                phase: .decode,
                count: Count("cycles", scope: "worker 0", value: nil, note: "not permitted: a, b")),
        ]
        #expect(
            CSV.text(CounterRow.columns, rows) == """
                phase,scope,counter,value,unit,note
                prefill,process,minor_faults,3,,
                decode,package-0,energy,1.25,J,
                decode,worker 0,cycles,,,"not permitted: a, b"

                """)
    }

    @Test func whatIsMissingForOneReasonIsOneLine() {
        let lines = CounterLine.lines(of: [
            Count("elapsed", unit: "ns", value: 2_500_000),
            Count("cycles", scope: "worker 0", value: nil, note: "no counters"),
            Count("instructions", scope: "worker 0", value: nil, note: "no counters"),
            Count("frequency", scope: "worker 0", unit: "Hz", value: 3.5e9, note: "by a chain"),
            Count("cycles", scope: "worker 1", value: nil, note: "no counters"),
            Count("cycles", scope: "worker 2", value: nil, note: "no counters"),
            Count("energy", scope: "machine", unit: "J", value: nil, note: "none"),
        ])
        #expect(
            lines == [
                CounterLine(name: "elapsed", scope: "process", value: 2.5, unit: "ms", note: ""),
                CounterLine(
                    name: "cycles, instructions", scope: "worker 0 … worker 2", value: nil,
                    unit: "",
                    note: "no counters"),
                CounterLine(
                    name: "frequency", scope: "worker 0", value: 3.5, unit: "GHz",
                    note: "by a chain"),
                CounterLine(name: "energy", scope: "machine", value: nil, unit: "J", note: "none"),
            ])
    }

    /// Prefill and decode follow each other, and each is counted once.
    @Test(arguments: [1, 2, 3])
    func phasesOfACallAreCountedOnce(tokens: Int) {
        let meter = PhaseMeter(
            Shape(batch: 2, inputLength: 3, outputLength: tokens), cpus: nil)
        meter.callBegins()
        for step in 0..<tokens { meter.stepEnded(step) }
        meter.callEnded()
        #expect(meter.phases.map(\.phase) == (tokens == 1 ? [.prefill] : [.prefill, .decode]))
        for phase in meter.phases {
            #expect(phase.counts.contains { $0.name == "elapsed" && ($0.value ?? 0) > 0 })
        }
        // One before, one after each step, one where decode begins.
        #expect(meter.usage.count == 1 + tokens + (tokens == 1 ? 0 : 1))
        #expect(meter.usage.map(\.nanoseconds) == meter.usage.map(\.nanoseconds).sorted())
    }
}
