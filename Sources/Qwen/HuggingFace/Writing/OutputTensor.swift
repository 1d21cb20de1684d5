internal import JSON

/// A tensor of a Hugging Face directory that is written: the tensors of ours that it holds, one
/// below the other.
struct OutputTensor: Equatable {
    let name: String
    let shape: [Int]
    private(set) var parts: [TensorRole]

    /// Numbers in it.
    var count: Int { shape.reduce(1, *) }

    /// All tensors of a model, under the names of its family.
    static func all(_ model: ModelConfiguration) -> [OutputTensor] {
        var tensors: [OutputTensor] = []
        var indices: [String: Int] = [:]
        // Parts of one tensor come in the order of their places there.
        let places = TensorRole.all(model).map { (role: $0, place: $0.place(in: model)) }
        for (role, place) in places {
            if let index = indices[place.name] {
                tensors[index].parts.append(role)
            } else {
                indices[place.name] = tensors.count
                tensors.append(OutputTensor(name: place.name, shape: place.shape, parts: [role]))
            }
        }
        return tensors.map { tensor in
            var tensor = tensor
            tensor.parts.sort { $0.place(in: model).start < $1.place(in: model).start }
            return tensor
        }
    }
}

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
