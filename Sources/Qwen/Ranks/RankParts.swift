internal import Machine

/// A model in a directory, packed in parts: a file for each rank, where the documents' shards lie.
package struct RankParts {
    /// That of rank 0, which also keeps the files that say how a text becomes tokens.
    package let first: PackedModelFile
    package let paths: [String]

    /// Whether a directory holds parts.
    package static func exist(in directory: String) -> Bool {
        Directory.exists("\(directory)/\(folderName)")
    }

    private static let folderName = "part_model"

    /// The folder of a rank's part.
    package static func folder(in directory: String, rank: Int) -> String {
        "\(directory)/\(folderName)/\(rank)"
    }

    /// Where it lies there.
    package static func path(in directory: String, rank: Int) -> String {
        "\(folder(in: directory, rank: rank))/model.packed"
    }

    /// Opens the first.
    ///
    /// - Throws: as `PackedModelFile` does; `QwenError.invalidPackedFile` where it is no part.
    package init(directory: String) throws {
        let path = Self.path(in: directory, rank: 0)
        first = try PackedModelFile(path: path)
        guard let share = first.share, share.rank == 0 else {
            throw QwenError.invalidPackedFile(problem: "\(path) is no part of rank 0")
        }
        paths = (0..<share.ranks).map { Self.path(in: directory, rank: $0) }
    }

    /// Opens that of a rank.
    ///
    /// - Throws: as `PackedModelFile` does; `QwenError.invalidPackedFile` where it is of another model.
    package func part(of rank: Int) throws -> PackedModelFile {
        guard let ranks = first.share?.ranks, rank > 0 else { return first }
        let file = try PackedModelFile(path: paths[rank])
        let own = try RankShare(first.share?.whole ?? first.configuration, rank: rank, of: ranks)
        guard file.share == own, file.precision == first.precision, file.origin == first.origin
        else {
            throw QwenError.invalidPackedFile(
                problem: "\(paths[rank]) is no part of the same model as \(paths[0])")
        }
        return file
    }
}
