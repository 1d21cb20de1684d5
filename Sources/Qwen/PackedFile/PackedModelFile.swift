package import Machine

/// A packed file: weights as the kernels read them, mapped and not copied.
///
/// Opening one checks its header and maps the rest. The pages come from the file, or from the page
/// cache if it has them, when they are first read.
package final class PackedModelFile: Sendable {
    /// Of a rank's part, that part.
    package let configuration: ModelConfiguration
    /// nil for a whole model.
    package let share: RankShare?
    package let precision: Precision
    /// What the weights were made from.
    package let origin: String

    let layout: WeightLayout
    private let mapping: MappedFile
    private let header: PackedModelHeader

    /// - Throws: `MachineError` when the file cannot be mapped; `QwenError.invalidPackedFile` when it
    ///   is none, is cut off, or was packed in another layout; `QwenError.invalidConfiguration`.
    package convenience init(path: String) throws {
        try self.init(MappedFile(path: path))
    }

    /// Takes a file that is mapped already.
    package init(_ mapping: MappedFile) throws(QwenError) {
        let header = try PackedModelHeader(mapping.bytes)
        let description = header.description
        try description.configuration.validate()
        let share = try description.part.map { part throws(QwenError) -> RankShare in
            guard part.rank >= 0, part.rank < part.ranks else {
                throw .invalidPackedFile(problem: "it is the part of no rank")
            }
            return try RankShare(part.whole, rank: part.rank, of: part.ranks)
        }
        guard share == nil || share?.configuration == description.configuration else {
            throw .invalidPackedFile(problem: "it is not the part that it says it is")
        }
        let layout = try WeightLayout(
            description.configuration, precision: description.precision)
        guard layout.byteCount == header.weightsRange.count,
            layout.checksum == description.layoutChecksum
        else {
            throw .invalidPackedFile(problem: "it was packed for another version of this program")
        }
        self.mapping = mapping
        self.header = header
        self.layout = layout
        self.share = share
        configuration = description.configuration
        precision = description.precision
        origin = description.origin
    }

    /// Whether a file begins as packed ones do.
    package static func isPacked(_ mapping: MappedFile) -> Bool {
        PackedModelHeader.isPacked(mapping.bytes)
    }

    /// The tokenizer of the model it was made from; nil if that had none.
    ///
    /// - Throws: as `Tokenizer` does for the files that it keeps.
    package func tokenizer() throws -> Tokenizer? {
        if let range = header.files[KeptFile.metadataName] {
            let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
            return try Tokenizer(GGUFFile(bytes))
        }
        guard !header.files.isEmpty else { return nil }
        return try Tokenizer(.packed(mapping, header.files))
    }

    /// The chat templates of the model it was made from.
    ///
    /// - Throws: as `ChatMarkup` does for the files that it keeps.
    package func chatMarkup() throws -> ChatMarkup {
        if let range = header.files[KeptFile.metadataName] {
            let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
            return try ChatMarkup(GGUFFile(bytes))
        }
        return try ChatMarkup(.packed(mapping, header.files))
    }

    /// How the model it was made from is meant to answer.
    ///
    /// - Throws: as `GenerationConfiguration` does for the files that it keeps.
    package func generation() throws -> GenerationConfiguration {
        if let range = header.files[KeptFile.metadataName] {
            let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[range])
            return try GenerationConfiguration(
                GGUFFile(bytes), vocabularySize: configuration.vocabularySize)
        }
        return try GenerationConfiguration(
            .packed(mapping, header.files), vocabularySize: configuration.vocabularySize)
    }

    /// The first byte of the weights; valid as long as this object lives, and never to be written.
    var weights: UnsafeMutableRawPointer {
        guard let base = mapping.bytes.baseAddress else {
            preconditionFailure("a file with a header is not empty")
        }
        return UnsafeMutableRawPointer(mutating: base + header.weightsRange.lowerBound)
    }

    /// Makes all pages of the weights present, so that no measurement pays for page faults.
    ///
    /// - Throws: `MachineError.memoryRefused`.
    func populate() throws(MachineError) {
        try mapping.populate(header.weightsRange)
    }
}
