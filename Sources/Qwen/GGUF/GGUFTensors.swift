internal import Machine

/// The tensors of a GGUF file, or of all parts of a split one (llama.cpp's `llama-gguf-split`).
struct GGUFTensors {
    struct Place {
        /// The mapped file that it lies in.
        let file: Int
        let tensor: GGUFTensor
    }

    /// The first part, and those behind it.
    private(set) var mappings: [MappedFile]
    /// Of the mapped files.
    private(set) var paths: [String]
    private(set) var places: [String: Place] = [:]
    /// Codes of the formats that are not read, by tensor.
    private var unread: [String: UInt32] = [:]

    /// - Parameters:
    ///   - file: what `mapping` holds, and lies at `path`.
    /// - Throws: `MachineError` for another part that cannot be read; `QwenError.unsupportedGGUF` for
    ///   parts that are not of one model, `.invalidGGUF`.
    init(_ file: GGUFFile, _ mapping: MappedFile, path: String) throws {
        mappings = [mapping]
        paths = [path]
        try take(file, from: 0)
        let count = try file.integerIfPresent("split.count") ?? 1
        guard count > 1 else { return }
        try file.checkIsFirstPart(path)
        let number = try file.integer("split.no")
        guard count <= 99_999, number == 0 else {
            throw file.problem("it says that it is part \(number + 1) of \(count)")
        }
        let suffix = GGUFFile.suffix(0, count)
        guard path.hasSuffix(suffix) else {
            throw file.problem(
                "it is part 1 of \(count) of a split model, and its name does not end in "
                    + "\(suffix), so that the others cannot be found; give it its name again")
        }
        let prefix = path.dropLast(suffix.count)
        for part in 1..<count {
            let path = "\(prefix)\(GGUFFile.suffix(part, count))"
            do {
                try read(part, of: count, at: path)
            } catch QwenError.invalidGGUF(let offset, let problem) {
                throw QwenError.invalidModelFile(
                    path: path, line: nil, problem: "at byte \(offset), \(problem)")
            } catch QwenError.unsupportedGGUF(let problem) {
                throw QwenError.unsupportedModel(path: path, problem: problem)
            }
        }
        let expected = try file.integerIfPresent("split.tensors.count")
        guard expected ?? names.count == names.count else {
            throw file.problem(
                "its \(count) parts have \(names.count) tensors and should have \(expected ?? 0)")
        }
    }

    private mutating func read(_ part: Int, of count: Int, at path: String) throws {
        let mapping = try MappedFile(path: path)
        let file = try GGUFFile(mapping.bytes)
        guard try file.integerIfPresent("split.no") == part,
            try file.integerIfPresent("split.count") == count
        else {
            throw file.problem("it is not part \(part + 1) of \(count)")
        }
        mappings.append(mapping)
        paths.append(path)
        try take(file, from: part)
    }

    private mutating func take(_ file: GGUFFile, from index: Int) throws(QwenError) {
        for name in Array(file.tensors.keys) + file.unreadTensors.keys where has(name) {
            throw file.problem("two of its parts have the tensor \(name)")
        }
        for (name, tensor) in file.tensors { places[name] = Place(file: index, tensor: tensor) }
        unread.merge(file.unreadTensors) { first, _ in first }
    }

    /// The layer that a name is of, and what it has behind `blk.N.`; nil for one of none.
    static func layer(of name: String) -> (layer: Int, rest: Substring)? {
        let parts = name.split(separator: ".", maxSplits: 2)
        guard parts.count == 3, parts[0] == "blk", let layer = Int(parts[1]), layer >= 0,
            parts[1] == "\(layer)"
        else { return nil }
        return (layer, parts[2])
    }

    /// All there are, sorted.
    var names: [String] { (Array(places.keys) + unread.keys).sorted() }

    func has(_ name: String) -> Bool { places[name] != nil || unread[name] != nil }

    /// A tensor that is needed.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` for one that is missing or in a format that is not read.
    func tensor(_ name: String) throws(QwenError) -> GGUFTensor {
        if let place = places[name] { return place.tensor }
        if let code = unread[name] {
            throw .unsupportedGGUF(
                problem: "\(name) is \(GGUFTensorType.name(of: code)); read are "
                    + GGUFTensorType.supportedNames)
        }
        throw .unsupportedGGUF(problem: "the tensor \(name) is missing")
    }

    /// All numbers of a small tensor, row by row.
    func values(_ name: String) throws(QwenError) -> [Float] {
        let tensor = try tensor(name)
        guard tensor.rows * tensor.columns <= 1 << 20 else {
            throw .unsupportedGGUF(
                problem: "\(name) has \(tensor.rows) × \(tensor.columns) numbers")
        }
        var values = [Float](repeating: 0, count: tensor.rows * tensor.columns)
        values.withUnsafeMutableBufferPointer { values in
            for row in 0..<tensor.rows {
                let columns = row * tensor.columns..<(row + 1) * tensor.columns
                read(name, row: row, into: UnsafeMutableBufferPointer(rebasing: values[columns]))
            }
        }
        return values
    }

    /// One row of a tensor, as the file has it.
    ///
    /// - Precondition: `tensor` found it, and `values` has as many numbers as it has columns.
    func read(_ name: String, row: Int, into values: UnsafeMutableBufferPointer<Float>) {
        guard let place = places[name] else {
            preconditionFailure("\(name) was checked to be there")
        }
        let tensor = place.tensor
        precondition(row < tensor.rows && values.count == tensor.columns, "not a row of \(name)")
        let start = tensor.byteRange.lowerBound + row * tensor.rowByteCount
        let bytes = mappings[place.file].bytes[start..<start + tensor.rowByteCount]
        Dequantisation.decode(
            UnsafeRawBufferPointer(rebasing: bytes), as: tensor.type, into: values)
    }

    /// Gives the memory of rows back.
    func release(_ name: String, rows: Range<Int>) {
        guard let place = places[name] else { return }
        let start = place.tensor.byteRange.lowerBound
        let byteCount = place.tensor.rowByteCount
        mappings[place.file].release(
            start + rows.lowerBound * byteCount..<start + rows.upperBound * byteCount)
    }
}

extension GGUFFile {
    /// Refuses another part of a split model than the first, which has the metadata.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` naming the first.
    package func checkIsFirstPart(_ path: String) throws(QwenError) {
        guard let count = try integerIfPresent("split.count"), 2...99_999 ~= count,
            let number = try integerIfPresent("split.no"), 1..<count ~= number
        else { return }
        let suffix = Self.suffix(number, count)
        let first = Self.suffix(0, count)
        throw problem(
            "it is part \(number + 1) of \(count) of a split model; give the first, "
                + (path.hasSuffix(suffix)
                    ? "\(path.dropLast(suffix.count))\(first)" : "whose name ends in \(first)"))
    }

    /// What the name of a part ends in, as llama.cpp finds it.
    static func suffix(_ number: Int, _ count: Int) -> String {
        "-\((number + 1).partNumber)-of-\(count.partNumber).gguf"
    }
}
