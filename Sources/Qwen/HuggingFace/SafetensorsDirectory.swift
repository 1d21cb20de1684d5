internal import JSON
internal import Machine

/// The weights of a directory: one safetensors file, or several, with an index or numbered.
struct SafetensorsDirectory {
    private let directory: String
    /// Which file has which tensor.
    private var places: [String: SafetensorsFile] = [:]
    /// What the names of a language model begin with here.
    private let prefix: Prefix

    /// What they usually begin with, but for the head.
    private let usualPrefix: String

    /// Where a language model's tensors stand among others: in front of them, and of `lm_head`.
    private struct Prefix {
        let model: String
        let head: String
    }

    private static let fileName = "model.safetensors"
    private static let indexName = "model.safetensors.index.json"

    /// - Throws: `MachineError` for a file that cannot be read; `QwenError.unsupportedModel` where
    ///   there are no safetensors, or not all of them, `.invalidModelFile` for a broken file and for
    ///   an index that names other places.
    init(_ directory: String, _ family: TensorNames) throws {
        self.directory = directory
        usualPrefix = family.model
        var index: (file: ModelFile, names: [String: String])?
        var files: [String] = []
        let folder = ModelFolder.directory(directory)
        if folder.has(Self.fileName) {
            files = [Self.fileName]
        } else if let file = try ModelFile(Self.indexName, in: folder) {
            let names = try Self.names(file)
            index = (file, names)
            files = Set(names.values).sorted()
        } else {
            files = try SafetensorsParts.names(in: directory)
        }
        for name in files {
            guard folder.has(name) else {
                throw QwenError.unsupportedModel(
                    path: directory,
                    problem: "\(Self.indexName) names \(name), which is not there; download it too")
            }
            let file = try SafetensorsFile(ModelFile(path: "\(directory)/\(name)"))
            for tensor in file.tensors.keys {
                if let other = places[tensor] {
                    throw file.file.unsupported(
                        "it and \(other.file.path) both have the tensor \(tensor)")
                }
                places[tensor] = file
            }
        }
        for (tensor, name) in index?.names ?? [:] {
            let path = "\(directory)/\(name)"
            guard places[tensor]?.file.path == path else {
                throw QwenError.unsupportedModel(
                    path: path,
                    problem: "the tensor \(tensor), which \(Self.indexName) says it has, is missing"
                )
            }
        }
        // As transformers saves a language model, the model alone, and one with a tower beside it.
        let prefixes = [
            Prefix(model: family.model, head: ""), Prefix(model: "", head: ""),
            Prefix(model: "language_model.\(family.model)", head: "language_model."),
        ]
        let names = places
        prefix =
            prefixes.first { names["\($0.model)\(family.embedding).weight"] != nil } ?? prefixes[0]
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

    /// All tensors, sorted.
    var names: [String] { places.keys.sorted() }

    /// The name that a tensor of a language model has here.
    func name(_ standard: String) -> String {
        guard standard.hasPrefix(usualPrefix) else { return prefix.head + standard }
        return prefix.model + standard.dropFirst(usualPrefix.count)
    }

    func has(_ standard: String) -> Bool { places[name(standard)] != nil }

    /// The rows of a tensor, or of a part of one.
    ///
    /// - Throws: `QwenError.unsupportedModel` for a tensor that is missing, or has another shape or
    ///   number format.
    func rows(
        of place: TensorPlace, _ shape: (rows: Int, columns: Int)
    ) throws(QwenError) -> SafetensorsRows {
        let name = name(place.name)
        guard let safetensors = places[name], let tensor = safetensors.tensors[name] else {
            throw .unsupportedModel(path: directory, problem: "the tensor \(name) is missing")
        }
        let file = safetensors.file
        guard tensor.shape == place.shape else {
            throw file.unsupported(
                "\(name) is \(Self.text(tensor.shape)) and should be \(Self.text(place.shape))")
        }
        guard let type = SafetensorsType(rawValue: tensor.typeName) else {
            throw file.unsupported(
                "\(name) is in \(tensor.typeName); read are \(SafetensorsType.names)")
        }
        return SafetensorsRows(
            name: name, mapping: file.mapping, type: type, rows: shape.rows,
            columns: shape.columns, firstRow: place.start / shape.columns,
            start: tensor.byteRange.lowerBound + place.start * type.byteCount)
    }

    /// A tensor as it lies in its file; nil where there is none of that name.
    func tensor(_ standard: String) -> StoredTensor? {
        let name = name(standard)
        guard let file = places[name] else { return nil }
        return file.tensors[name].map { StoredTensor(name: name, file: file.file, tensor: $0) }
    }

    /// - Parameter name: as it is here.
    func hasTensor(_ name: String) -> Bool { places[name] != nil }

    /// Whether a vector is of zeros alone.
    ///
    /// - Parameter name: as it is here.
    func isZero(_ name: String) -> Bool {
        guard let tensor = places[name]?.tensors[name], tensor.shape.count == 1,
            let file = places[name]?.file
        else { return false }
        // Of every format that is read, but for the sign of a zero.
        return file.mapping.bytes[tensor.byteRange].allSatisfy { $0 == 0 }
    }

    private static func text(_ shape: [Int]) -> String {
        shape.isEmpty ? "a scalar" : shape.prefix(6).map(String.init).joined(separator: " × ")
    }
}

extension SafetensorsDirectory {
    /// The rows of a tensor, or of a part of one; of a quantised model each tensor tells whether it is
    /// quantised too.
    ///
    /// - Throws: as ``rows(of:_:)``, and as the rows of a quantised matrix.
    func rows(
        of place: TensorPlace, _ shape: (rows: Int, columns: Int), _ quantisation: Quantisation?
    ) throws -> any TensorRows {
        let suffix = ".weight"
        let name = String(place.name.dropLast(suffix.count))
        guard let quantisation, place.name.hasSuffix(suffix), tensor(place.name) == nil,
            let weights = tensor("\(name).qweight")
        else { return try rows(of: place, shape) }
        let first = place.start / shape.columns
        return try QuantisedRows(
            quantisation, of: name, (place.shape[0], place.shape[1]), weights: weights,
            part: first..<first + shape.rows, find: tensor)
    }
}
