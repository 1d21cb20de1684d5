internal import Machine

/// A model in the cache of the Hugging Face hub: `models--ORG--NAME/snapshots/REVISION`, whose files
/// are links to `blobs`.
package struct HubSnapshot: Equatable, Sendable {
    /// As people know it, `ORG/NAME`.
    package let model: String
    /// The commit of the model's repository.
    package let revision: String

    private static let prefix = "models--"
    private static let folder = "snapshots"

    /// The snapshot that a directory is, or that a file lies in; nil where there is none.
    ///
    /// A path counts as it is written, and otherwise as the directory's links lead; those of a file
    /// lead to a blob without a name.
    package init?(path: String) {
        let directory = Directory.exists(path) ? path : Directory.parent(of: path)
        guard
            let found = Self(parts: path)
                ?? Directory.resolved(directory).flatMap(Self.init(parts:))
        else { return nil }
        self = found
    }

    private init?(parts path: String) {
        let parts = path.split(separator: "/").filter { $0 != "." }
        guard let index = parts.lastIndex(where: { $0.hasPrefix(Self.prefix) }),
            index + 2 < parts.count, parts[index + 1] == Self.folder
        else { return nil }
        let names = parts[index].dropFirst(Self.prefix.count).split(
            separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
        model = names.joined(separator: "/")
        revision = String(parts[index + 2])
    }

    /// Where the files of a model are: the directory itself, or of a model's folder in the cache the
    /// snapshot that `refs/main` names, or the only one.
    ///
    /// - Throws: `QwenError.unsupportedModel` naming the snapshots where there is not one to take.
    package static func directory(of path: String) throws(QwenError) -> String {
        let path = modelFolder(path)
        let snapshots = "\(path)/\(folder)"
        guard Directory.exists(snapshots), !ModelFolder.directory(path).has("config.json") else {
            return path
        }
        let names = Directory.names(in: snapshots).filter { Directory.exists("\(snapshots)/\($0)") }
        if let name = names.first(where: { $0 == main(of: path) }) ?? names.only {
            return "\(snapshots)/\(name)"
        }
        throw .unsupportedModel(
            path: path,
            problem: names.isEmpty
                ? "it is a folder of the Hugging Face cache without a snapshot; download the model"
                : "it is a folder of the Hugging Face cache with the snapshots "
                    + "\(names.joined(separator: ", ")); give \(folder)/… of one of them")
    }

    /// The folder of the model, where a path is that of its snapshots.
    private static func modelFolder(_ path: String) -> String {
        guard Directory.name(path) == folder, let snapshots = Directory.resolved(path) else {
            return path
        }
        let parent = Directory.parent(of: snapshots)
        return Directory.name(parent).hasPrefix(prefix) ? parent : path
    }

    /// The revision that was downloaded last by the name `main`.
    private static func main(of path: String) -> String? {
        guard let file = try? MappedFile(path: "\(path)/refs/main") else { return nil }
        return String(decoding: file.bytes.prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
    }
}

extension [String] {
    /// The element, where there is one and no more.
    fileprivate var only: String? { count == 1 ? self[0] : nil }
}
