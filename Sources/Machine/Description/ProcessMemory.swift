import Glibc

/// How much memory the process has resident, as `/proc/self/status` tells.
package struct ProcessMemory: Sendable, Equatable, Codable {
    /// Resident now (`VmRSS`); nil where the kernel does not tell.
    package let residentBytes: Int?
    /// The most that was resident at any time (`VmHWM`); nil where the kernel does not tell.
    package let peakResidentBytes: Int?

    /// Lets the most that was resident begin anew from what is resident now.
    ///
    /// Where the kernel does not allow it, the peak stays that of the whole life of the process.
    package static func resetPeak() {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return }
        // proc(5): 5 resets the peak and leaves the pages alone.
        fputs("5", file)
        fclose(file)
    }

    /// Reads both.
    package static func current(root: String = "/") -> ProcessMemory {
        let files = SystemFiles(root: root)
        let lines = files.lines("proc/self/status") ?? []
        return ProcessMemory(
            residentBytes: files.kibibytes(of: "VmRSS", in: lines),
            peakResidentBytes: files.kibibytes(of: "VmHWM", in: lines))
    }
}
