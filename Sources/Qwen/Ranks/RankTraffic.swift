/// What each rank lets the others read in forward passes, and how often they meet for it, counted
/// from shapes.
///
/// A pass sums the residual stream after the embedding and twice a layer: rows × hidden × 4 bytes.
/// Once more the ranks meet for the largest logit, which is a few bytes. Long prompts go through in
/// several passes.
package struct RankTraffic: Equatable, Sendable {
    package var meetings = 0.0
    package var bytes = 0.0

    /// Of the forward pass of `batch` prompts of `length` tokens each.
    package static func prefill(
        _ model: ModelConfiguration, batch: Int, length: Int
    ) -> RankTraffic {
        let rows = batch * length
        return RankTraffic(
            model, rows: rows,
            passes: (rows + SessionPlan.maximumStepRows - 1) / SessionPlan.maximumStepRows)
    }

    /// Of one step of `batch` sequences.
    package static func step(_ model: ModelConfiguration, batch: Int) -> RankTraffic {
        RankTraffic(model, rows: batch, passes: 1)
    }

    private init(_ model: ModelConfiguration, rows: Int, passes: Int) {
        let sums = 2 * model.layerCount + 1
        meetings = Double(passes * (sums + 1))
        bytes = Double(sums) * Double(rows) * Double(model.hiddenSize) * 4
    }
}
