internal import Kernels
internal import Machine
package import Qwen

/// A model on this machine's threads, as the shared options ask for it, and where it came from.
package struct LoadedModel {
    package let model: Model
    package let source: ModelSource
    /// What is left for sessions once the weights are there.
    package let availableBytes: Int

    /// What the user should know of the weights, in one line; nil where there is nothing.
    package let note: String?

    /// Memory that is left to the system and to ourselves when we ask what fits.
    package static let reserveBytes = 256 << 20

    /// - Parameters:
    ///   - cache: precision of the KV cache, or nil for the usual one.
    ///   - rank: whose part of the model it is; nil for all of it.
    /// - Throws: `UsageError`, `QwenError`, `MachineError`: all of them bad input.
    package init(
        _ source: ModelSource, cache: CachePrecision?, execution: Execution,
        rank: MachineSettings.Rank? = nil
    ) throws {
        self.source = source
        // Before they are packed, which gives the memory of the files back.
        note = source.packingLoss()
        let free = try ResourceLimits.current().usableMemoryBytes - Self.reserveBytes
        // All ranks of a host load at the same time.
        let usable = free / (rank?.countHere ?? 1)
        switch (source.weights, rank) {
        case (.tensors(let tensors), let rank?):
            model = try Model(
                RankShare(source.configuration, rank: rank.index, of: rank.count), source: tensors,
                precision: source.precision, cache: cache, execution: execution,
                availableBytes: usable)
        case (.tensors(let tensors), nil):
            model = try Model(
                source.configuration,
                source: tensors,
                precision: source.precision,
                cache: cache,
                execution: execution,
                availableBytes: usable)
        case (.packed, _), (.parts, _):
            model = try Model(
                Self.packedFile(of: source, for: rank), cache: cache, execution: execution,
                availableBytes: usable)
        }
        availableBytes = usable - model.weightBytes
    }

    /// - Throws: `UsageError` where it was packed for another number of processes.
    private static func packedFile(
        of source: ModelSource, for rank: MachineSettings.Rank?
    ) throws -> PackedModelFile {
        let path = source.path ?? ""
        switch (source.weights, rank) {
        case (.parts(let parts), let rank?) where rank.count == parts.paths.count:
            return try parts.part(of: rank.index)
        case (.parts(let parts), _):
            throw UsageError(
                "--weights \(path) is cut for \(parts.paths.count) ranks: give --ranks "
                    + "\(parts.paths.count), or what it was made from")
        case (.packed(let file), nil) where file.share == nil:
            return file
        case (.packed(let file), nil):
            throw UsageError(
                "--weights \(path) is the part of one of \(file.share?.ranks ?? 0) ranks: give the "
                    + "directory that part_model lies in, and --ranks")
        case (.packed, _?), (.tensors, _):
            throw UsageError(
                "--weights \(path) is packed for one process, and ranks cannot cut it; give the file or "
                    + "directory that it was made from, or pack that with tokenmark convert --ranks"
            )
        }
    }

    /// What stands between the precision of the weights and that of an unusual cache.
    static let cacheMark = "-kv-"

    /// The precision as reports name it: that of the KV cache is said where it is not the usual one.
    package var precisionName: String {
        let cache = model.cachePrecision
        let suffix = cache == model.precision.defaultCache ? "" : Self.cacheMark + cache.rawValue
        return model.precision.rawValue + suffix
    }
}
