/// Where one tensor of a GGUF file lies, checked against the file.
package struct GGUFTensor: Equatable, Sendable {
    package let name: String
    package let type: GGUFTensorType
    /// Numbers of one row: the file's first dimension.
    package let columns: Int
    /// All other dimensions multiplied.
    package let rows: Int
    /// Bytes of the tensor in the file.
    package let byteRange: Range<Int>

    /// Bytes of one row.
    var rowByteCount: Int { columns / type.blockLength * type.blockByteCount }
}
