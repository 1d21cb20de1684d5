/// The weights of a directory: one safetensors file, or several with an index.
struct SafetensorsDirectory {
    private let directory: String
    /// Which file has which tensor; nil where there is only one file.
    private let index: (file: ModelFile, names: [String: String])?
    /// The files opened so far, by name.
    private var files: [String: SafetensorsFile] = [:]

    private static let fileName = "model.safetensors"
    private static let indexName = "model.safetensors.index.json"
    private static let pickles = ["pytorch_model.bin", "pytorch_model.bin.index.json"]

    /// - Throws: `MachineError` for an index that cannot be read; `QwenError.unsupportedModel` where
    ///   there are no safetensors, `.invalidModelFile` for an index that names other places.
    init(_ directory: String) throws {
        self.directory = directory
        if ModelFile.exists(Self.fileName, in: directory) {
            index = nil
        } else if ModelFile.exists(Self.indexName, in: directory) {
            let file = try ModelFile(path: "\(directory)/\(Self.indexName)")
            index = (file, try Self.names(file))
        } else if let pickle = Self.pickles.first(where: { ModelFile.exists($0, in: directory) }) {
            throw QwenError.unsupportedModel(
                path: "\(directory)/\(pickle)",
                problem:
                    "reading a pickle runs the code in it; download the model's safetensors, or "
                    + "load it with transformers and save_pretrained(…, safe_serialization=True)")
        } else {
            throw QwenError.unsupportedModel(
                path: directory,
                problem: "it has neither \(Self.fileName) nor \(Self.indexName); download them too")
        }
    }

    private static func names(_ file: ModelFile) throws(QwenError) -> [String: String] {
        guard let members = try file.json()["weight_map"]?.members else {
            throw file.invalid("it has no weight_map from tensors to files")
        }
        var names: [String: String] = [:]
        for member in members {
            guard let name = member.value.string else {
                throw file.invalid("weight_map names no file for \(member.name)")
            }
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), name != ".", name != ".."
            else {
                throw file.invalid("weight_map names '\(name)', which is no file of its directory")
            }
            guard names[member.name] == nil else {
                throw file.invalid("weight_map has the tensor \(member.name) twice")
            }
            names[member.name] = name
        }
        return names
    }

    /// The rows of a tensor, or of a part of one.
    ///
    /// - Throws: `MachineError` for a file that cannot be read; `QwenError.invalidModelFile`;
    ///   `.unsupportedModel` for a tensor that is missing, or has another shape or number format.
    mutating func rows(
        of place: TensorPlace, _ shape: (rows: Int, columns: Int)
    ) throws
        -> SafetensorsRows
    {
        let safetensors = try self.file(with: place.name)
        let file = safetensors.file
        guard let tensor = safetensors.tensors[place.name] else {
            throw file.unsupported("the tensor \(place.name) is missing")
        }
        guard tensor.shape == place.shape else {
            throw file.unsupported(
                "\(place.name) is \(Self.text(tensor.shape)) and should be \(Self.text(place.shape))"
            )
        }
        guard let type = SafetensorsType(rawValue: tensor.typeName) else {
            throw file.unsupported(
                "\(place.name) is in \(tensor.typeName); read are \(SafetensorsType.names)")
        }
        return SafetensorsRows(
            mapping: file.mapping, type: type, rows: shape.rows, columns: shape.columns,
            start: tensor.byteRange.lowerBound + place.start * type.byteCount)
    }

    /// A tensor as it lies in its file; nil where there is none of that name.
    mutating func tensor(_ name: String) throws -> StoredTensor? {
        guard index == nil || index?.names[name] != nil else { return nil }
        let safetensors = try file(with: name)
        return safetensors.tensors[name].map {
            StoredTensor(name: name, file: safetensors.file, tensor: $0)
        }
    }

    private mutating func file(with tensor: String) throws -> SafetensorsFile {
        var name = Self.fileName
        if let index {
            guard let indexed = index.names[tensor] else {
                throw index.file.unsupported("the tensor \(tensor) is missing in weight_map")
            }
            name = indexed
        }
        if let known = files[name] { return known }
        let file = try SafetensorsFile(ModelFile(path: "\(directory)/\(name)"))
        files[name] = file
        return file
    }

    private static func text(_ shape: [Int]) -> String {
        shape.isEmpty ? "a scalar" : shape.prefix(6).map(String.init).joined(separator: " × ")
    }
}
