internal import Kernels

/// The numbers of a configuration that the forward pass needs, without its strings and arrays, so
/// that reading them on several threads touches no reference counts.
struct Dimensions {
    let hidden: Int
    let heads: Int
    let kvHeads: Int
    let headDimension: Int
    /// `headDimension` in whole panels.
    let paddedHead: Int
    let layers: Int
    /// Tokens with a row in the embedding and in the head, and the first of them.
    let vocabulary: Int
    let firstToken: Int
    /// Panels of queries, key and value of one key/value head; nil where they are no whole number.
    let headPanels: Int?
    let epsilon: Float
    /// 1 / √headDimension.
    let scoreScale: Float

    init(_ model: ModelConfiguration, firstToken: Int) {
        self.firstToken = firstToken
        hidden = model.hiddenSize
        heads = model.headCount
        kvHeads = model.kvHeadCount
        headDimension = model.headDimension
        paddedHead = model.paddedHeadDimension
        layers = model.layerCount
        vocabulary = model.vocabularySize
        headPanels = MatrixRole.headPanels(model)
        epsilon = model.rmsNormEpsilon
        scoreScale = 1 / Float(model.headDimension).squareRoot()
    }

    /// Query heads that share one key/value head.
    var group: Int { heads / kvHeads }
}
