internal import Kernels
internal import Machine
internal import Qwen

/// A model on this machine's threads, as the shared options ask for it, and where it came from.
struct LoadedModel {
    let model: Model
    let source: ModelSource
    /// What is left for sessions once the weights are there.
    let availableBytes: Int

    /// Memory that is left to the system and to ourselves when we ask what fits.
    static let reserveBytes = 256 << 20

    /// - Throws: `UsageError`, `QwenError`, `MachineError`: all of them bad input.
    init(
        _ options: ModelOptions, _ machine: MachineOptions, pinsThreads: Bool = true
    ) throws {
        try self.init(
            ModelSource(options), execution: machine.execution(pinsThreads: pinsThreads))
    }

    init(_ source: ModelSource, execution: Execution) throws {
        self.source = source
        let usable = try ResourceLimits.current().usableMemoryBytes - Self.reserveBytes
        switch source.weights {
        case .tensors(let tensors):
            model = try Model(
                source.configuration,
                source: tensors,
                precision: source.precision,
                execution: execution,
                availableBytes: usable)
        case .packed(let file):
            model = try Model(file, execution: execution, availableBytes: usable)
        }
        availableBytes = usable - model.weightBytes
    }
}
