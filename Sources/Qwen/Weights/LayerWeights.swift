/// The weights of one layer as the forward pass reads them; a trivial view.
struct LayerWeights {
    /// (hidden) f32.
    let attentionNorm: UnsafePointer<Float>
    /// (head dimension) f32, of every head of queries and of keys; nil where heads have no norm.
    let queryNorm: UnsafePointer<Float>?
    let keyNorm: UnsafePointer<Float>?
    let queryKeyValue: PackedMatrix
    let attentionOutput: PackedMatrix
    /// (hidden) f32.
    let feedForwardNorm: UnsafePointer<Float>
    let gateUp: PackedMatrix
    let down: PackedMatrix
}
