import Glibc
package import Profiling

extension ProfileDirectory {
    /// Writes `trace.json`, which may be too long to hold.
    package func write(_ timeline: Timeline) throws(ReportingError) {
        let path = "\(path)/trace.json"
        let temporary = OutputFile.temporaryName(path)
        unlink(temporary)
        do throws(ReportingError) {
            var stream = StreamedFile(try OutputFile(creating: temporary))
            timeline.write(to: &stream)
            try stream.finish()
        } catch {
            unlink(temporary)
            throw error
        }
        if rename(temporary, path) != 0 {
            let code = errno
            unlink(temporary)
            throw .file(operation: "replace", path: path, code: code)
        }
    }
}
