/// The header of a safetensors file that is written.
enum SafetensorsHeader {
    /// Its length and its JSON, blanks added so that the numbers begin at a multiple of 8 bytes.
    static func bytes(_ tensors: [OutputTensor], _ type: SafetensorsType) -> [UInt8] {
        var members = [JSON.Member(name: "__metadata__", value: ["format": "pt"])]
        var start = 0
        for tensor in tensors {
            let end = start + tensor.count * type.byteCount
            members.append(
                JSON.Member(
                    name: tensor.name,
                    value: [
                        "dtype": .string(type.rawValue),
                        "shape": .array(tensor.shape.map { .integer($0) }),
                        "data_offsets": [.integer(start), .integer(end)],
                    ]))
            start = end
        }
        var text = JSONWriter.bytes(.object(members), isIndented: false)
        text += repeatElement(UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
    }
}
