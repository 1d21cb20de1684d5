internal import Kernels
internal import Machine

/// What one of several ranks computes of a model: whole heads, a part of the feed-forward part and of
/// the vocabulary.
///
/// Norms and the residual stream are the same in all.
///
/// The cut is Megatron's (Shoeybi et al., 2019), as the documents have it: queries, keys, values, gate
/// and up by their outputs, the products after them by their inputs, embedding and head by tokens. So
/// each rank has parts of the sums that attention and the feed-forward part add to the stream.
package struct RankShare: Sendable, Equatable {
    package let rank: Int
    package let ranks: Int
    package let whole: ModelConfiguration
    package let heads: Range<Int>
    /// Those of `heads`: the same in several ranks where there are fewer than ranks.
    package let kvHeads: Range<Int>
    package let intermediate: Range<Int>
    package let vocabulary: Range<Int>

    /// Parts of the vocabulary are whole panels.
    private static let vocabularyUnit = PackedPanels.channels
    /// Parts of the feed-forward part are whole blocks and groups of quantised weights, if there are
    /// enough of them.
    private static let intermediateUnits = [64, 32, PackedPanels.channels]

    /// - Throws: `QwenError.invalidConfiguration` for a shape that no model has, and where a rank would
    ///   have nothing to do, or a part of what cannot be shared.
    package init(_ whole: ModelConfiguration, rank: Int, of ranks: Int) throws(QwenError) {
        precondition(0..<ranks ~= rank, "no such rank")
        try whole.validate()
        self.whole = whole
        self.rank = rank
        self.ranks = ranks
        let group = whole.headCount / whole.kvHeadCount
        guard ranks <= whole.headCount else {
            throw Self.refusal(whole, ranks, "it has \(whole.headCount) heads")
        }
        if ranks <= whole.kvHeadCount {
            kvHeads = Worker.share(of: whole.kvHeadCount, unit: 1, index: rank, workers: ranks)
            heads = kvHeads.lowerBound * group..<kvHeads.upperBound * group
        } else {
            let kvHead = rank * whole.kvHeadCount / ranks
            let sharers = (0..<ranks).filter { $0 * whole.kvHeadCount / ranks == kvHead }
            guard let first = sharers.first, sharers.count <= group else {
                throw Self.refusal(
                    whole, ranks, "\(group) heads share each of its key/value heads")
            }
            let part = Worker.share(
                of: group, unit: 1, index: rank - first, workers: sharers.count)
            kvHeads = kvHead..<kvHead + 1
            heads = kvHead * group + part.lowerBound..<kvHead * group + part.upperBound
        }
        let width = whole.intermediateSize
        guard let unit = Self.intermediateUnits.first(where: { (width + $0 - 1) / $0 >= ranks })
        else {
            throw Self.refusal(whole, ranks, "its feed-forward part has \(width) channels")
        }
        intermediate = Worker.share(of: width, unit: unit, index: rank, workers: ranks)
        guard whole.vocabularySize > (ranks - 1) * Self.vocabularyUnit else {
            throw Self.refusal(whole, ranks, "its vocabulary has \(whole.vocabularySize) tokens")
        }
        vocabulary = Worker.share(
            of: whole.vocabularySize, unit: Self.vocabularyUnit, index: rank, workers: ranks)
    }

    /// Those of all ranks, in their order.
    ///
    /// - Throws: as for one of them.
    package static func all(
        _ whole: ModelConfiguration, of ranks: Int
    ) throws(QwenError) -> [RankShare] {
        // Before there is room for as many as somebody may have mistyped.
        _ = try RankShare(whole, rank: 0, of: ranks)
        return try (0..<ranks).map { rank throws(QwenError) in
            try RankShare(whole, rank: rank, of: ranks)
        }
    }

    /// What each of some ranks has of a model, as if it were one; the model itself where there is one.
    ///
    /// - Throws: as for one of them.
    package static func configurations(
        of whole: ModelConfiguration, ranks: Int
    ) throws(QwenError) -> [ModelConfiguration] {
        ranks > 1 ? try all(whole, of: ranks).map(\.configuration) : [whole]
    }

    /// The rank's part as if it were a model.
    ///
    /// Biases that are added to the stream are rank 0's.
    package var configuration: ModelConfiguration {
        var part = whole
        part.headCount = heads.count
        part.kvHeadCount = kvHeads.count
        part.intermediateSize = intermediate.count
        part.vocabularySize = vocabulary.count
        if rank > 0 { part.biases.subtract([.attentionOutput, .down]) }
        return part
    }

    /// Tokens of the rank that has most.
    var mostTokens: Int {
        let units = (whole.vocabularySize + Self.vocabularyUnit - 1) / Self.vocabularyUnit
        return (units + ranks - 1) / ranks * Self.vocabularyUnit
    }

    private static func refusal(
        _ model: ModelConfiguration, _ ranks: Int, _ reason: String
    ) -> QwenError {
        .invalidConfiguration(
            model: model.name, problem: "\(ranks) ranks are too many to share it: \(reason)")
    }
}

/// The tensors of a rank's part, cut out of those of the whole model.
package struct RankTensorSource: TensorSource {
    private let source: any TensorSource
    private let share: RankShare

    package init(_ source: any TensorSource, share: RankShare) {
        self.source = source
        self.share = share
    }

    package var isTrained: Bool { source.isTrained }

    package func readRow(
        _ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let row = row + rows(tensor)
        let columns = columns(tensor)
        let width = tensor.shape(share.whole).columns
        if values.count == width {
            source.readRow(tensor, row: row, into: values)
            return
        }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { whole in
            source.readRow(tensor, row: row, into: whole)
            _ = values.update(fromContentsOf: whole[columns..<columns + values.count])
        }
    }

    package func place(of tensor: TensorRole, row: Int) -> String {
        source.place(of: tensor, row: row + rows(tensor))
    }

    package func release(_ tensor: TensorRole, rows range: Range<Int>) {
        let first = rows(tensor)
        source.release(tensor, rows: range.lowerBound + first..<range.upperBound + first)
    }

    /// The first row of a tensor that the rank has.
    private func rows(_ tensor: TensorRole) -> Int {
        let width = share.whole.headDimension
        return switch tensor {
        case .tokenEmbedding, .outputHead: share.vocabulary.lowerBound
        case .query: share.heads.lowerBound * width
        case .key, .value: share.kvHeads.lowerBound * width
        case .gate, .up: share.intermediate.lowerBound
        default: 0
        }
    }

    /// The first column.
    private func columns(_ tensor: TensorRole) -> Int {
        let width = share.whole.headDimension
        return switch tensor {
        case .attentionOutput, .queryBias: share.heads.lowerBound * width
        case .keyBias, .valueBias: share.kvHeads.lowerBound * width
        case .down, .gateBias, .upBias: share.intermediate.lowerBound
        default: 0
        }
    }
}
