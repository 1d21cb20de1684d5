internal import Machine

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

/// The rows of one tensor in a mapped safetensors file, or of a part of one.
struct SafetensorsRows: TensorRows {
    /// Of the tensor.
    let name: String
    let mapping: MappedFile
    let type: SafetensorsType
    let rows: Int
    let columns: Int
    /// Rows of the tensor before these.
    let firstRow: Int
    /// Where in the file the first of them begins.
    let start: Int

    /// - Precondition: the row is one of them, and `values` has as many numbers.
    func read(_ row: Int, into values: UnsafeMutableBufferPointer<Float>) {
        precondition(0..<rows ~= row && values.count == columns, "not a row of this tensor")
        let byteCount = columns * type.byteCount
        let first = start + row * byteCount
        type.decode(
            UnsafeRawBufferPointer(rebasing: mapping.bytes[first..<first + byteCount]),
            into: values)
    }

    /// Gives the memory of rows back.
    ///
    /// - Precondition: they are some of these.
    func release(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "not rows of this tensor")
        let byteCount = columns * type.byteCount
        mapping.release(start + range.lowerBound * byteCount..<start + range.upperBound * byteCount)
    }

    func place(of row: Int) -> String { "\(name), row \(firstRow + row)" }
}
