/// How much memory the process has resident, as `/proc/self/status` tells.
package struct ProcessMemory: Sendable, Equatable, Codable {
    /// Resident now (`VmRSS`); nil where the kernel does not tell.
    package let residentBytes: Int?
    /// The most that was resident at any time (`VmHWM`); nil where the kernel does not tell.
    package let peakResidentBytes: Int?

    /// Reads both.
    package static func current(root: String = "/") -> ProcessMemory {
        let files = SystemFiles(root: root)
        let lines = files.lines("proc/self/status") ?? []
        return ProcessMemory(
            residentBytes: files.kibibytes(of: "VmRSS", in: lines),
            peakResidentBytes: files.kibibytes(of: "VmHWM", in: lines))
    }
}
