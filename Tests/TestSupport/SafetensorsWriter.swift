/// Writes small safetensors files for tests, right or wrong.
package struct SafetensorsWriter {
    package struct Tensor {
        package var name: String
        package var type: String
        package var shape: [Int]
        package var data: [UInt8]
        /// JSON in place of the offsets that would be right.
        package var offsets: String?

        package init(name: String, type: String = "F32", shape: [Int], data: [UInt8]) {
            self.name = name
            self.type = type
            self.shape = shape
            self.data = data
        }

        package init(name: String, shape: [Int], values: [Float]) {
            self.init(
                name: name, shape: shape,
                data: values.flatMap { value in
                    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                })
        }
    }

    package var tensors: [Tensor]
    /// In place of the header that would be right.
    package var header: String?
    /// In place of the length that would be right.
    package var headerLength: UInt64?

    package init(_ tensors: [Tensor] = []) {
        self.tensors = tensors
    }

    package func bytes() -> [UInt8] {
        var members = [#""__metadata__": {"format": "pt"}"#]
        var data: [UInt8] = []
        for tensor in tensors {
            let end = data.count + tensor.data.count
            members.append(
                """
                "\(tensor.name)": {"dtype": "\(tensor.type)", "shape": \(tensor.shape), \
                "data_offsets": \(tensor.offsets ?? "[\(data.count), \(end)]")}
                """)
            data += tensor.data
        }
        let text = Array((header ?? "{\(members.joined(separator: ","))} ").utf8)
        let length = headerLength ?? UInt64(text.count)
        return withUnsafeBytes(of: length.littleEndian) { Array($0) } + text + data
    }
}
