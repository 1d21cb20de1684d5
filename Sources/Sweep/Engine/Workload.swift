package import Measurement

/// What an engine is asked to run in one call.
package struct Workload: Equatable, Sendable {
    package var shape: Shape
    /// What the random prompt is made from; sequences of a batch have different prompts.
    package var seed: UInt64

    package init(shape: Shape, seed: UInt64) {
        self.shape = shape
        self.seed = seed
    }

    package var batch: Int { shape.batch }
    package var inputLength: Int { shape.inputLength }
    package var outputLength: Int { shape.outputLength }
}
