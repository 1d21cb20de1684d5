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
