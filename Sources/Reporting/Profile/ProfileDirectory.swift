package import Basics
package import Profiling

/// The directory of a profile: its tables, and whatever else is drawn from the recording.
///
/// Every file is written whole or not at all.
package struct ProfileDirectory {
    package let path: String

    /// Makes the directory.
    ///
    /// - Throws: ``ReportingError/occupied(path:)`` when something is there already.
    package init(path: String) throws(ReportingError) {
        try ReportDirectory.checkVacant(path)
        try ReportDirectory.createDirectory(path)
        self.path = path
    }

    /// Writes one file.
    package func write(_ name: String, _ text: String) throws(ReportingError) {
        try OutputFile.replace("\(path)/\(name)", with: text)
    }

    /// Writes `manifest.json`, `operators.csv`, `profile.json` and `profile.md`.
    ///
    /// - Parameter language: Of the last.
    package func write(
        _ profile: Profile, in language: Language = .en
    ) throws(ReportingError) {
        try write("manifest.json", profile.manifest.json())
        try write("operators.csv", profile.operatorsCSV)
        try write("profile.json", profile.json())
        try write("profile.md", profile.text(in: language))
    }

    /// Writes `trace.json`, which may be too long to hold.
    package func write(_ timeline: Timeline) throws(ReportingError) {
        try OutputFile.replace("\(path)/trace.json") { (file) throws(ReportingError) in
            var stream = StreamedFile(file)
            timeline.write(to: &stream)
            try stream.finish()
        }
    }
}
