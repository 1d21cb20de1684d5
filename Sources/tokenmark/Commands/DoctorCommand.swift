internal import ArgumentParser
internal import Basics
internal import Kernels
internal import Machine
internal import Measurement
internal import Qwen

/// `tokenmark doctor`: the machine as a benchmark sees it, its roof, and what disturbs it.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Describes the machine, measures its roof, and says what disturbs it.",
        discussion: """
            The roof is measured on the threads, pins and memory that a sweep with the same \
            options would use: reading a large buffer, and multiplying on registers alone. On a \
            shared machine it moves from minute to minute.

            Example: tokenmark doctor --threads 2
            """
    )

    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    /// Far more than any cache holds, little enough for a small machine.
    private static let bufferBytes = 512 << 20

    func run() throws {
        let machine = MachineDescription.read()
        let execution = try machineOptions.execution()
        var lines = MachineText(machine).lines
        lines += roof(
            of: execution,
            bandwidth: try RoofProbe(execution).readBandwidth(byteCount: Self.bufferBytes))
        let advice = Advice(machine).lines
        lines += ["", "for better numbers:"]
        lines += advice.isEmpty ? ["  nothing to change"] : advice.map { "  \($0)" }
        try Terminal.output(lines.joined(separator: "\n") + "\n")
    }

    private func roof(of execution: Execution, bandwidth: Double) -> [String] {
        let probe = RoofProbe(execution)
        let cpus = execution.pool.pins.map { $0.runningOn.map(String.init) ?? "?" }
        var lines = [
            "",
            "roof of \(execution.pool.workerCount) threads on CPUs \(cpus.joined(separator: ", ")):",
            "  reading memory: \(Self.giga(bandwidth)) GB/s",
        ]
        for precision in Precision.allCases {
            if let peak = probe.computePeak(precision) {
                lines.append(
                    "  multiplying in \(precision.rawValue): \(Self.giga(peak)) GFLOP/s "
                        + "(\(execution.instructionSet.rawValue))")
            }
        }
        let gigahertz = (FrequencyProbe.hertz() / 1e7).rounded() / 100
        lines.append("  the clock of a core: \(gigahertz) GHz")
        lines.append("  a dispatch to all threads: \(Self.nano(probe.dispatchSeconds())) ns")
        lines.append("  a barrier of all threads: \(Self.nano(probe.barrierSeconds())) ns")
        lines.append("  a timing point: \(Self.nano(Self.timingPointSeconds())) ns")
        return lines
    }

    private static func timingPointSeconds() -> Double {
        let count = 100_000
        let start = Clock.now()
        var last = start
        for _ in 0..<count { last = Clock.now() }
        return Double(last - start) / 1e9 / Double(count)
    }

    private static func giga(_ value: Double) -> Double {
        (value / 1e8).rounded() / 10
    }

    private static func nano(_ seconds: Double) -> Int {
        Int((seconds * 1e9).rounded())
    }
}
