internal import JSON

/// How the tensors of a model are dealt out to files.
struct Shards {
    /// At least one tensor each.
    let tensors: [[OutputTensor]]

    /// Files as full as the limit allows, tensors in order; a tensor that is larger than the limit
    /// has a file of its own.
    init(_ all: [OutputTensor], _ type: SafetensorsType, most byteCount: Int) {
        var shards: [[OutputTensor]] = []
        var room = 0
        for tensor in all {
            let size = tensor.count * type.byteCount
            if shards.isEmpty || size > room {
                shards.append([])
                room = byteCount
            }
            shards[shards.count - 1].append(tensor)
            room = max(0, room - size)
        }
        tensors = shards
    }

    /// The name of a file, as Hugging Face names them.
    func name(_ index: Int) -> String {
        guard tensors.count > 1 else { return "model.safetensors" }
        return "model-\((index + 1).partNumber)-of-\(tensors.count.partNumber).safetensors"
    }

    /// Which file has which tensor; nil where there is only one file.
    func index(_ type: SafetensorsType) -> JSON? {
        guard tensors.count > 1 else { return nil }
        let size = tensors.joined().reduce(0) { $0 + $1.count * type.byteCount }
        let places = tensors.enumerated().flatMap { index, tensors in
            tensors.map { JSON.Member(name: $0.name, value: .string(name(index))) }
        }
        return [
            "metadata": ["total_size": .integer(size)],
            "weight_map": .object(places),
        ]
    }
}
