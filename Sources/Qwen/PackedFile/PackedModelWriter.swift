package import Machine

/// Packs a model into a file.
package struct PackedModelWriter {
    private let configuration: ModelConfiguration
    private let precision: Precision
    private let origin: String
    private let metadata: [UInt8]

    /// - Parameters:
    ///   - origin: what the weights are made from, for the reader of the file.
    ///   - metadata: a GGUF file without tensors, or nothing.
    package init(
        _ configuration: ModelConfiguration, precision: Precision, origin: String,
        metadata: [UInt8] = []
    ) {
        self.configuration = configuration
        self.precision = precision
        self.origin = origin
        self.metadata = metadata
    }

    /// Packs every tensor of `source` straight into the pages of the file, on all threads.
    ///
    /// The file appears under its name when it is whole. No memory is needed but for those pages,
    /// which the kernel can write out, and a panel of rows for each thread.
    ///
    /// - Returns: the bytes of the file.
    /// - Throws: `MachineError` when the disk is full or refuses; `QwenError.invalidConfiguration`,
    ///   `QwenError.tooLarge`.
    package func write(
        _ source: any TensorSource, to path: String, on pool: WorkerPool
    ) throws -> Int {
        try configuration.validate()
        let layout = try WeightLayout(configuration, precision: precision)
        let header = try PackedModelHeader.bytes(
            description: PackedModelHeader.Description(
                configuration: configuration, precision: precision,
                layoutChecksum: layout.checksum, origin: origin),
            metadata: metadata, weightsByteCount: layout.byteCount)
        let (byteCount, overflow) = header.count.addingReportingOverflow(layout.byteCount)
        guard !overflow else { throw QwenError.tooLarge(model: configuration.name) }
        let file = try MappedOutput(path: path, byteCount: byteCount)
        file.base.copyMemory(from: header, byteCount: header.count)
        let packer = WeightPacker(
            model: configuration, layout: layout, source: source,
            base: file.base + header.count)
        pool.run { worker in packer.pack(share: worker) }
        try file.finish()
        return byteCount
    }
}
