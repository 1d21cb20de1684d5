internal import Kernels

/// Rows of queries of one head, or the heads of one group, against the cache of one key/value head.
///
/// scores = Q · Kᵀ, weights = softmax(scores / √d) over the positions a row may see,
/// result = weights · V. The first and the last step can be shared out by panels; no number depends
/// on how.
struct AttentionBlock {
    let kernels: KernelTable
    /// (rowCount) rows of queries as they meet keys.
    let queries: UnsafeRawPointer
    let queryStride: Int
    let rowCount: Int
    let keys: PackedPanels
    /// Of the visible positions, in whole steps.
    let values: PackedPanels
    /// int8: what each value is to be multiplied by.
    let valueScales: UnsafePointer<Float>?
    /// Row r sees positions up to `position + r · positionStep`.
    let position: Int
    let positionStep: Int
    /// Visible positions of the last row, in whole panels, or whole blocks in int8.
    let paddedVisible: Int
    /// 1 / √headDimension.
    let scoreScale: Float
    /// (rowCount, scoreWidth) f32.
    let scores: UnsafeMutablePointer<Float>
    let scoreWidth: Int
    /// (rowCount) rows of attention weights as they meet values; in int8 two for each.
    let weights: UnsafeMutableRawPointer
    let weightRowByteCount: Int
    /// (rowCount) f32: 1 / Σ weights.
    let scales: UnsafeMutablePointer<Float>
    let result: UnsafeMutableRawPointer
    let resultStride: Int
    let output: Product.Output

    var keyPanels: Range<Int> { 0..<paddedVisible / PackedPanels.channels }

    func score(panels: Range<Int>) {
        kernels.multiply(
            Product(
                activations: queries, activationStride: queryStride, rows: rowCount, panels: keys,
                result: scores, resultStride: scoreWidth * 4, output: .store),
            panels: panels)
    }

    func weigh() {
        for row in 0..<rowCount {
            let count = position + row * positionStep + 1
            let rowScores = scores + row * scoreWidth
            let rowWeights = weights + row * weightStride
            if let valueScales {
                scales[row] = kernels.softmax(
                    rowScores, count: count, paddedCount: count, scale: scoreScale,
                    into: rowScores)
                kernels.split(
                    rowScores, scales: valueScales, count: count, paddedCount: paddedVisible,
                    into: rowWeights, rowByteCount: weightRowByteCount)
            } else {
                scales[row] = kernels.softmax(
                    rowScores, count: count, paddedCount: paddedVisible, scale: scoreScale,
                    into: rowWeights)
            }
        }
    }

    func combine(panels: Range<Int>) {
        if valueScales == nil {
            kernels.multiply(product(part: 0, output), panels: panels)
        } else {
            kernels.multiply(product(part: 0, .store), panels: panels)
            kernels.multiply(product(part: 1, .accumulate), panels: panels)
        }
    }

    private var weightStride: Int { (valueScales == nil ? 1 : 2) * weightRowByteCount }

    private func product(part: Int, _ output: Product.Output) -> Product {
        Product(
            activations: weights + part * weightRowByteCount, activationStride: weightStride,
            rows: rowCount, panels: values, result: result, resultStride: resultStride,
            output: output, rowScale: scales)
    }
}
