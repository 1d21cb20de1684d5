/// What one sequence needs beyond its cache; a trivial view.
struct SequenceState {
    /// (positions, headDimension / 2) f32.
    var cosine: UnsafePointer<Float>
    var sine: UnsafePointer<Float>
    /// Positions filled so far.
    var length: Int
}
