internal import Basics
internal import Kernels
internal import Machine
internal import Qwen

/// What the threads of a run can do at most, measured at this moment; nothing is rounded.
struct MachineRoof: Encodable {
    /// The most that threads multiply in one precision.
    struct Peak: Encodable {
        let precision: String
        let operationsPerSecond: Double

        enum CodingKeys: String, CodingKey {
            case precision
            case operationsPerSecond = "operations_per_s"
        }
    }

    let threads: Int
    /// Where each thread runs; null where that is not known.
    let cpus: [Int?]
    let instructionSet: String
    let readBytesPerSecond: Double
    let peaks: [Peak]
    /// Of a core.
    let hertz: Double
    let dispatchSeconds: Double
    let barrierSeconds: Double
    let timingPointSeconds: Double

    enum CodingKeys: String, CodingKey {
        case threads, cpus, peaks
        case instructionSet = "instruction_set"
        case readBytesPerSecond = "read_bytes_per_s"
        case hertz = "clock_hz"
        case dispatchSeconds = "dispatch_s"
        case barrierSeconds = "barrier_s"
        case timingPointSeconds = "timing_point_s"
    }

    /// Far more than any cache holds, little enough for a small machine.
    private static let bufferBytes = 512 << 20

    /// Measures it.
    ///
    /// - Throws: what `RoofProbe` throws where there is not enough memory.
    init(of execution: Execution) throws {
        let probe = RoofProbe(execution)
        threads = execution.pool.workerCount
        cpus = execution.pool.pins.map(\.runningOn)
        instructionSet = execution.instructionSet.rawValue
        readBytesPerSecond = try probe.readBandwidth(byteCount: Self.bufferBytes)
        peaks = Precision.allCases.compactMap { precision in
            probe.computePeak(precision).map {
                Peak(precision: precision.rawValue, operationsPerSecond: $0)
            }
        }
        hertz = FrequencyProbe.hertz()
        dispatchSeconds = probe.dispatchSeconds()
        barrierSeconds = probe.barrierSeconds()
        timingPointSeconds = Self.secondsOfATimingPoint()
    }

    private static func secondsOfATimingPoint() -> Double {
        let count = 100_000
        let start = Clock.now()
        var last = start
        for _ in 0..<count { last = Clock.now() }
        return Double(last - start) / 1e9 / Double(count)
    }
}

extension MachineRoof {
    /// One fact a line.
    var lines: [String] {
        let places = cpus.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
        return [
            "roof of \(threads) threads on CPUs \(places):",
            "  reading memory: \(Self.giga(readBytesPerSecond)) GB/s",
        ]
            + peaks.map {
                "  multiplying in \($0.precision): \(Self.giga($0.operationsPerSecond)) GFLOP/s "
                    + "(\(instructionSet))"
            } + [
                "  the clock of a core: \((hertz / 1e7).rounded() / 100) GHz",
                "  a dispatch to all threads: \(Self.nano(dispatchSeconds)) ns",
                "  a barrier of all threads: \(Self.nano(barrierSeconds)) ns",
                "  a timing point: \(Self.nano(timingPointSeconds)) ns",
            ]
    }

    private static func giga(_ value: Double) -> Double {
        (value / 1e8).rounded() / 10
    }

    private static func nano(_ seconds: Double) -> Int {
        Int((seconds * 1e9).rounded())
    }
}
