internal import Kernels
internal import Machine

/// A model ready to run: its weights packed for one precision, its kernels chosen.
package final class Model: Sendable {
    package let configuration: ModelConfiguration
    package let precision: Precision
    package let execution: Execution
    /// Bytes of packed weights.
    package let weightBytes: Int

    /// Products with the weights of layers.
    let linear: KernelTable
    /// Products with the output head.
    let output: KernelTable
    /// Products with the KV cache, and everything else.
    let attention: KernelTable
    let weights: ModelWeights

    /// Packs the weights of `source` on the threads that will multiply by them.
    ///
    /// - Parameter availableBytes: refuses a model that needs more, before it allocates.
    /// - Throws: `QwenError.doesNotFit`, `QwenError.unusableInstructionSet`, `QwenError.tooLarge`,
    ///   `MachineError` when the memory cannot be mapped.
    package init(
        _ configuration: ModelConfiguration,
        source: any TensorSource,
        precision: Precision,
        execution: Execution,
        availableBytes: Int?
    ) throws {
        try configuration.validate()
        guard let linear = KernelTable(execution.instructionSet, precision.weights),
            let output = KernelTable(execution.instructionSet, precision.head),
            let attention = KernelTable(execution.instructionSet, precision.attention)
        else {
            throw QwenError.unusableInstructionSet(
                execution.instructionSet.rawValue)
        }
        let layout = try WeightLayout(configuration, precision: precision)
        if let availableBytes, layout.byteCount > availableBytes {
            throw QwenError.doesNotFit(
                what: "the weights of \(configuration.name) in \(precision.rawValue)",
                needed: layout.byteCount,
                available: availableBytes,
                arithmetic: "\(configuration.parameterCount) parameters in "
                    + "\(precision.rawValue), packed")
        }
        let region = try execution.region(byteCount: layout.byteCount)
        self.configuration = configuration
        self.precision = precision
        self.linear = linear
        self.output = output
        self.attention = attention
        self.execution = execution
        weightBytes = layout.byteCount
        weights = ModelWeights(
            configuration, layout: layout, source: source, pool: execution.pool,
            region: region)
    }

    /// Bytes of the weights that lie on huge pages, or nil where the kernel does not say.
    package var weightHugePageBytes: Int? { weights.region.hugePageBytes() }
}
