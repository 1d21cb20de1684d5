internal import Glibc
internal import Machine

/// Where the small files of a model are: in a directory, or in a packed file made from one.
enum ModelFolder {
    case directory(String)
    /// The parts of a packed file, by name.
    case packed(MappedFile, [String: Range<Int>])

    /// Whether there is a file of that name.
    func has(_ name: String) -> Bool {
        switch self {
        case .directory: access(path(name), F_OK) == 0
        case .packed(_, let parts): parts[name] != nil
        }
    }

    /// What errors call a file, or the folder itself.
    func path(_ name: String? = nil) -> String {
        switch self {
        case .directory(let path): name.map { "\(path)/\($0)" } ?? path
        case .packed(let file, _): name.map { "\($0) in \(file.path)" } ?? file.path
        }
    }
}
