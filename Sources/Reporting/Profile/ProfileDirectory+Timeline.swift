package import Profiling

extension ProfileDirectory {
    /// Writes `trace.json`, which may be too long to hold.
    package func write(_ timeline: Timeline) throws(ReportingError) {
        try OutputFile.replace("\(path)/trace.json") { (file) throws(ReportingError) in
            var stream = StreamedFile(file)
            timeline.write(to: &stream)
            try stream.finish()
        }
    }
}
