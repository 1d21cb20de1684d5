/// The rows of one tensor in mapped files, which several threads may read at once.
protocol TensorRows: Sendable {
    /// - Precondition: the row is one of them, and `values` has as many numbers.
    func read(_ row: Int, into values: UnsafeMutableBufferPointer<Float>)

    /// Gives the memory of rows back.
    ///
    /// - Precondition: they are some of these.
    func release(_ range: Range<Int>)

    /// What the file calls a row, for messages.
    func place(of row: Int) -> String
}
