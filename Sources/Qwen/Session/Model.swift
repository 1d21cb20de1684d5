internal import Kernels
internal import Machine

/// A model ready to run: its weights packed for one precision, its kernels chosen.
package final class Model: Sendable {
    /// Of several ranks, the part of this one.
    package let configuration: ModelConfiguration
    /// nil for a model in one process.
    package let share: RankShare?
    /// What all ranks are together.
    package let whole: ModelConfiguration
    package let precision: Precision
    package let cachePrecision: CachePrecision
    package let execution: Execution
    /// Bytes of packed weights, of all copies together.
    package let weightBytes: Int

    /// Products with the weights of layers.
    let linear: KernelTable
    /// Products with the output head.
    let output: KernelTable
    /// Attention to the KV cache.
    let attention: KernelTable
    /// Rows of f32.
    let plain: KernelTable
    let weights: WeightCopies

    /// The tokens that the embedding and the head have rows for.
    package var vocabulary: Range<Int> { share?.vocabulary ?? 0..<configuration.vocabularySize }

    /// How many copies of the weights there are: under `MemoryPolicy.replicate` one on every node
    /// with threads, otherwise one.
    package var weightCopies: Int { weights.copies.count }

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
        try self.init(
            packing: source, as: configuration, share: nil, precision, cache, execution,
            availableBytes)
    }

    /// Packs one rank's part of the weights of `source`, which has all of them.
    ///
    /// - Throws: as for a whole model.
    package convenience init(
        _ share: RankShare, source: any TensorSource, precision: Precision,
        cache: CachePrecision? = nil, execution: Execution, availableBytes: Int?
    ) throws {
        try self.init(
            packing: RankTensorSource(source, share: share), as: share.configuration,
            share: share, precision, cache, execution, availableBytes)
    }

    private convenience init(
        packing source: any TensorSource, as configuration: ModelConfiguration,
        share: RankShare?, _ precision: Precision, _ cache: CachePrecision?,
        _ execution: Execution, _ availableBytes: Int?
    ) throws {
        let layout = try WeightLayout(configuration, precision: precision)
        try Self.checkFit(configuration, precision, layout, execution, availableBytes)
        try self.init(configuration, share, precision, cache, execution) {
            try WeightCopies(
                configuration, layout: layout, source: source, execution: execution)
        }
    }

    /// Takes the weights of a packed file as they lie there.
    ///
    /// All of them are read from the disk, or found in the page cache, before this returns. Where
    /// the page cache has them on other nodes than the memory policy wants, they are copied.
    ///
    /// - Parameter availableBytes: refuses a model that needs more.
    /// - Throws: `QwenError.doesNotFit`, `QwenError.unusableInstructionSet`,
    ///   `MachineError` when the memory cannot be had.
    package convenience init(
        _ file: PackedModelFile, cache: CachePrecision? = nil, execution: Execution,
        availableBytes: Int?
    ) throws {
        try Self.checkFit(
            file.configuration, file.precision, file.layout, execution, availableBytes)
        try file.populate()
        try self.init(file.configuration, file.share, file.precision, cache, execution) {
            try WeightCopies(file, execution: execution)
        }
    }

    private init(
        _ configuration: ModelConfiguration, _ share: RankShare?, _ precision: Precision,
        _ cache: CachePrecision?, _ execution: Execution, weights: () throws -> WeightCopies
    ) throws {
        let cachePrecision = cache ?? precision.defaultCache
        guard let linear = KernelTable(execution.instructionSet, precision.weights),
            let output = KernelTable(execution.instructionSet, precision.head),
            let attention = KernelTable(execution.instructionSet, cachePrecision.element),
            let plain = KernelTable(execution.instructionSet, .f32)
        else {
            throw QwenError.unusableInstructionSet(
                execution.instructionSet.rawValue)
        }
        self.configuration = configuration
        self.share = share
        whole = share?.whole ?? configuration
        self.precision = precision
        self.cachePrecision = cachePrecision
        self.linear = linear
        self.output = output
        self.attention = attention
        self.plain = plain
        self.execution = execution
        self.weights = try weights()
        weightBytes = self.weights.byteCount
    }

    private static func checkFit(
        _ configuration: ModelConfiguration, _ precision: Precision, _ layout: WeightLayout,
        _ execution: Execution, _ availableBytes: Int?
    ) throws(QwenError) {
        let copies = execution.copyNodes.count
        let (needed, overflow) = layout.byteCount.multipliedReportingOverflow(by: copies)
        guard !overflow else { throw .tooLarge(model: configuration.name) }
        guard let availableBytes, needed > availableBytes else { return }
        throw .doesNotFit(
            what: "the weights of \(configuration.name) in \(precision.rawValue)",
            needed: needed,
            available: availableBytes,
            arithmetic: "\(configuration.parameterCount) parameters in "
                + "\(precision.rawValue), packed" + (copies > 1 ? ", on \(copies) nodes" : ""))
    }

    /// Bytes of the weights that lie on huge pages, or nil where the kernel does not say.
    package var weightHugePageBytes: Int? {
        var total = 0
        for copy in weights.copies {
            guard let bytes = copy.region?.hugePageBytes() else { return nil }
            total += bytes
        }
        return total
    }

    /// On which nodes the weights lie at this moment.
    ///
    /// Asks for every page: not for a timed region.
    package func memoryPlacement() -> MemoryPlacement {
        MemoryPlacement(of: weights, others: [:], execution)
    }
}
