/// Where weights come from, by role, so that the packer knows no file format.
package protocol TensorSource: Sendable {
    /// Fills `values` with one row of a tensor as f32; vectors are one row.
    ///
    /// `values` has as many numbers as the tensor has columns. May be called from several threads
    /// at once.
    func readRow(_ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>)

    /// What its file calls a row, for messages.
    func place(of tensor: TensorRole, row: Int) -> String

    /// Tells that these rows were read, and are not soon again: memory they take can go.
    ///
    /// May be called from several threads at once, also while others read rows beside them.
    func release(_ tensor: TensorRole, rows: Range<Int>)

    /// Whether the numbers mean something, so that rounding them well is worth the time.
    var isTrained: Bool { get }
}

extension TensorSource {
    package var isTrained: Bool { true }

    package func place(of tensor: TensorRole, row: Int) -> String { "\(tensor.name), row \(row)" }

    package func release(_ tensor: TensorRole, rows: Range<Int>) {}
}
