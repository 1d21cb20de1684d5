internal import Machine
internal import Reporting

/// Which program this is, as reports carry it: two builds that may differ do not look alike.
enum ToolVersion {
    /// What `scripts/revision` says of the sources: `1.2.0`, or `0.1.0+8d7817eb3aac` before any tag.
    ///
    /// Where they are not those of a commit, the program itself is marked:
    /// `0.1.0+8d7817eb3aac.dirty (build 1f3a…)`.
    static let current: String = {
        guard !sourcesAreCommitted, let mark = try? FileFingerprint(path: "/proc/self/exe")
        else { return sourceVersion }
        return "\(sourceVersion) (build \(hexadecimal(mark.value)))"
    }()
}
