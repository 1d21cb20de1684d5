internal import Machine

/// A tensor in the safetensors file that has it.
struct StoredTensor: Sendable {
    let name: String
    let file: ModelFile
    let tensor: SafetensorsTensor

    /// Its numbers, one after the other, little-endian.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: file.mapping.bytes[tensor.byteRange])
    }

    /// - Throws: `QwenError.unsupportedModel` naming the tensor if it is something else.
    func check(_ shape: [Int], types: [String], byteCount: Int) throws(QwenError) {
        guard tensor.shape == shape else {
            throw file.unsupported(
                "\(name) is \(Self.text(tensor.shape)) and should be \(Self.text(shape))")
        }
        guard types.contains(tensor.typeName) else {
            throw file.unsupported(
                "\(name) is in \(tensor.typeName); read are \(types.joined(separator: ", "))")
        }
        // The header of the file is not checked for types that are no weights of ours.
        guard tensor.byteRange.count == byteCount else {
            throw file.invalid(
                "\(name) has \(tensor.byteRange.count) bytes, which is not its shape")
        }
    }

    private static func text(_ shape: [Int]) -> String {
        shape.prefix(6).map(String.init).joined(separator: " × ")
    }
}
