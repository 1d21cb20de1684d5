package import Machine

/// Packs a model into a file.
package struct PackedModelWriter {
    private let configuration: ModelConfiguration
    /// nil for a whole model.
    private let share: RankShare?
    private let precision: Precision
    private let origin: String
    private let files: [KeptFile]

    /// - Parameters:
    ///   - origin: what the weights are made from, for the reader of the file.
    ///   - files: what is kept beside the weights, each name once.
    package init(
        _ configuration: ModelConfiguration, precision: Precision, origin: String,
        files: [KeptFile] = []
    ) {
        self.configuration = configuration
        self.precision = precision
        self.origin = origin
        self.files = files
        share = nil
    }

    /// Packs the part of a rank, out of a source that has all of the model.
    package init(
        _ share: RankShare, precision: Precision, origin: String, files: [KeptFile] = []
    ) {
        configuration = share.configuration
        self.share = share
        self.precision = precision
        self.origin = origin
        self.files = files
    }

    /// Packs every tensor of `source` straight into the pages of the file, on all threads.
    ///
    /// The file appears under its name when it is whole. Pages that are done, of the file and of
    /// the source, are given back as it goes: some MiB for each thread are resident, however large
    /// the model.
    ///
    /// - Returns: the bytes of the file.
    /// - Throws: `MachineError` when the disk is full or refuses; `QwenError.invalidConfiguration`,
    ///   `QwenError.tooLarge`, `QwenError.weightsNotFinite`.
    package func write(
        _ source: any TensorSource, to path: String, on pool: WorkerPool
    ) throws -> Int {
        try configuration.validate()
        let layout = try WeightLayout(configuration, precision: precision)
        let header = try PackedModelHeader.bytes(
            description: PackedModelHeader.Description(
                configuration: configuration, precision: precision,
                layoutChecksum: layout.checksum, origin: origin,
                part: share.map { .init(rank: $0.rank, ranks: $0.ranks, whole: $0.whole) }),
            files: files, weightsByteCount: layout.byteCount)
        let (byteCount, overflow) = header.count.addingReportingOverflow(layout.byteCount)
        guard !overflow else { throw QwenError.tooLarge(model: configuration.name) }
        let file = try MappedOutput(path: path, byteCount: byteCount)
        file.base.copyMemory(from: header, byteCount: header.count)
        let start = header.count
        var source = source
        if let share { source = RankTensorSource(source, share: share) }
        let packer = WeightPacker(
            model: configuration, layout: layout, source: source, base: file.base + start,
            didPack: { file.release(start + $0.lowerBound..<start + $0.upperBound) })
        try packer.pack(on: pool)
        try file.finish()
        return byteCount
    }
}
