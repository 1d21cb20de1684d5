package import Measurement

/// One cell of the grid.
package struct Point: Hashable, Sendable, CustomStringConvertible {
    package var shape: Shape

    package init(batch: Int, inputLength: Int, outputLength: Int) {
        shape = Shape(batch: batch, inputLength: inputLength, outputLength: outputLength)
    }

    package var batch: Int { shape.batch }
    package var inputLength: Int { shape.inputLength }
    package var outputLength: Int { shape.outputLength }

    /// A name that stays the same from run to run, such as `b4-i256-o256`.
    package var id: String { "b\(batch)-i\(inputLength)-o\(outputLength)" }

    package var description: String { id }
}
