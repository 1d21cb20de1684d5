internal import Kernels
internal import Machine
internal import Qwen
internal import Reporting
internal import Sweep

/// The sections of a manifest that only the command line knows.
struct RunFacts {
    let loaded: LoadedModel
    let loadSeconds: Double
    /// Read before threads were pinned, which narrows what this thread may use.
    let machine: MachineDescription
    let timeit: Bool

    private struct Execution: Encodable {
        let threads: Int
        let pins: [PinOutcome]
        let numaPolicy: String
        let instructionSet: String
        let usableInstructionSets: [String]
        let kvCachePrecision: String
    }

    private struct Weights: Encodable {
        let origin: String
        let path: String?
        let seed: UInt64?
        let packedBytes: Int
        let hugePageBytes: Int?
        let loadSeconds: Double
    }

    private struct PointMemory: Encodable {
        let point: String
        let weightsBytes: Int
        let kvCacheBytes: Int
        let scratchBytes: Int
    }

    /// Adds the sections `machine`, `execution`, `weights` and `memory`.
    func write(
        to manifest: inout Manifest, plan: Plan, engine: some Engine
    ) throws(ReportingError) {
        try manifest.set("machine", to: machine)
        let execution = loaded.model.execution
        try manifest.set(
            "execution",
            to: Execution(
                threads: execution.pool.workerCount,
                pins: execution.pool.pins,
                numaPolicy: execution.policy.description,
                instructionSet: execution.instructionSet.rawValue,
                usableInstructionSets: InstructionSetChoice.usableNames,
                kvCachePrecision: loaded.model.cachePrecision.rawValue))
        try manifest.set(
            "weights",
            to: Weights(
                origin: loaded.source.origin.rawValue,
                path: loaded.source.path,
                seed: loaded.source.seed,
                packedBytes: loaded.model.weightBytes,
                hugePageBytes: loaded.model.weightHugePageBytes,
                loadSeconds: loadSeconds))
        let memory = plan.points.compactMap { point in
            engine.memoryEstimate(for: point).map {
                PointMemory(
                    point: point.id, weightsBytes: $0.weightsBytes, kvCacheBytes: $0.kvCacheBytes,
                    scratchBytes: $0.scratchBytes)
            }
        }
        try manifest.set("memory", to: memory)
        try manifest.set("timeit", to: timeit)
    }
}
