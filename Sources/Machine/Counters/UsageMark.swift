/// What the process had used at one moment of a run.
package struct UsageMark: Equatable, Sendable {
    /// Of `CLOCK_MONOTONIC`.
    package let nanoseconds: UInt64
    package let usage: ResourceUsage
    /// nil where the kernel does not tell.
    package let residentBytes: Int?

    package init(nanoseconds: UInt64, usage: ResourceUsage, residentBytes: Int?) {
        self.nanoseconds = nanoseconds
        self.usage = usage
        self.residentBytes = residentBytes
    }
}
