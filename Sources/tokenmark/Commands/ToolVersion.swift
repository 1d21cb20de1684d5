internal import Machine
internal import Reporting

/// Which program this is, as reports carry it: two builds that may differ do not look alike.
enum ToolVersion {
    static let number = "0.1.0"

    /// The number and the git revision: `0.1.0 (8d7817eb3aac)`.
    ///
    /// Where the sources differ from the revision, or it is not known, the program itself is marked:
    /// `0.1.0 (8d7817eb3aac dirty, build 1f3a…)`.
    static let current: String = {
        guard sourceRevision.isEmpty || sourceRevision.hasSuffix("dirty") else {
            return "\(number) (\(sourceRevision))"
        }
        let mark = (try? FileFingerprint(path: "/proc/self/exe")).map {
            "build \(hexadecimal($0.value))"
        }
        let parts = [sourceRevision, mark ?? ""].filter { !$0.isEmpty }
        return parts.isEmpty ? number : "\(number) (\(parts.joined(separator: ", ")))"
    }()
}
