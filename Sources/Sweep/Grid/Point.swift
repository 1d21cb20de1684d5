package import Measurement

/// One cell of the grid.
package struct Point: Hashable, Sendable, CustomStringConvertible {
    package var shape: Shape
    /// How the machine is used, where the grid varies it.
    package var setting: MachineSetting

    package init(
        batch: Int, inputLength: Int, outputLength: Int, setting: MachineSetting = .inherited
    ) {
        shape = Shape(batch: batch, inputLength: inputLength, outputLength: outputLength)
        self.setting = setting
    }

    package var batch: Int { shape.batch }
    package var inputLength: Int { shape.inputLength }
    package var outputLength: Int { shape.outputLength }

    /// A name that stays the same from run to run, such as `b4-i256-o256`, or `b4-i256-o256-t2-local`
    /// where the grid varies the machine.
    package var id: String {
        "b\(batch)-i\(inputLength)-o\(outputLength)" + (setting.id.map { "-\($0)" } ?? "")
    }

    package var description: String { id }
}
