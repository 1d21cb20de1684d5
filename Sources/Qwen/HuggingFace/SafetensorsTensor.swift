/// Where one tensor of a safetensors file lies, checked against the file.
struct SafetensorsTensor: Equatable {
    /// As the file names the number format; one that is not read matters only where it is needed.
    let typeName: String
    let shape: [Int]
    /// Bytes of the tensor in the file.
    let byteRange: Range<Int>
}
