internal import Kernels
internal import Machine

/// A model ready to run: its weights packed for one precision, its kernels chosen.
package final class Model: Sendable {
    package let configuration: ModelConfiguration
    package let precision: Precision
    package let cachePrecision: CachePrecision
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
    /// - Parameters:
    ///   - cache: precision of the KV cache; the one that belongs to `precision` unless given.
    ///   - availableBytes: refuses a model that needs more, before it allocates.
    /// - Throws: `QwenError.doesNotFit`, `QwenError.unusableInstructionSet`, `QwenError.tooLarge`,
    ///   `MachineError` when the memory cannot be mapped.
    package convenience init(
        _ configuration: ModelConfiguration,
        source: any TensorSource,
        precision: Precision,
        cache: CachePrecision? = nil,
        execution: Execution,
        availableBytes: Int?
    ) throws {
        try configuration.validate()
        let layout = try WeightLayout(configuration, precision: precision)
        try Self.checkFit(configuration, precision, layout, availableBytes)
        let region = try execution.region(byteCount: layout.byteCount)
        try self.init(configuration, precision, cache, layout, execution) {
            ModelWeights(
                configuration, layout: layout, source: source, pool: execution.pool,
                region: region)
        }
    }

    /// Takes the weights of a packed file as they lie there.
    ///
    /// All of them are read from the disk, or found in the page cache, before this returns. They
    /// lie wherever the page cache has them, whatever the memory policy.
    ///
    /// - Parameter availableBytes: refuses a model that needs more.
    /// - Throws: `QwenError.doesNotFit`, `QwenError.unusableInstructionSet`,
    ///   `MachineError.memoryRefused`.
    package convenience init(
        _ file: PackedModelFile, cache: CachePrecision? = nil, execution: Execution,
        availableBytes: Int?
    ) throws {
        try Self.checkFit(file.configuration, file.precision, file.layout, availableBytes)
        try file.populate()
        try self.init(file.configuration, file.precision, cache, file.layout, execution) {
            ModelWeights(file)
        }
    }

    private init(
        _ configuration: ModelConfiguration, _ precision: Precision, _ cache: CachePrecision?,
        _ layout: WeightLayout, _ execution: Execution, weights: () -> ModelWeights
    ) throws(QwenError) {
        let cachePrecision = cache ?? precision.defaultCache
        guard let linear = KernelTable(execution.instructionSet, precision.weights),
            let output = KernelTable(execution.instructionSet, precision.head),
            let attention = KernelTable(execution.instructionSet, cachePrecision.element)
        else {
            throw QwenError.unusableInstructionSet(
                execution.instructionSet.rawValue)
        }
        self.configuration = configuration
        self.precision = precision
        self.cachePrecision = cachePrecision
        self.linear = linear
        self.output = output
        self.attention = attention
        self.execution = execution
        weightBytes = layout.byteCount
        self.weights = weights()
    }

    private static func checkFit(
        _ configuration: ModelConfiguration, _ precision: Precision, _ layout: WeightLayout,
        _ availableBytes: Int?
    ) throws(QwenError) {
        guard let availableBytes, layout.byteCount > availableBytes else { return }
        throw .doesNotFit(
            what: "the weights of \(configuration.name) in \(precision.rawValue)",
            needed: layout.byteCount,
            available: availableBytes,
            arithmetic: "\(configuration.parameterCount) parameters in "
                + "\(precision.rawValue), packed")
    }

    /// Bytes of the weights that lie on huge pages, or nil where the kernel does not say.
    package var weightHugePageBytes: Int? { weights.region?.hugePageBytes() }
}
