/// What a point really took, as the operating system counts it.
package struct MemoryUse: Codable, Equatable, Sendable {
    /// The most that the process held since the point was prepared, in bytes, mapped files included;
    /// nil if the system does not tell.
    package var peakResidentBytes: Int?
    /// Page faults of the process between entry and end of the last call: without and with a read
    /// from the disk.
    package var minorFaults: Int
    package var majorFaults: Int

    package init(peakResidentBytes: Int?, minorFaults: Int, majorFaults: Int) {
        self.peakResidentBytes = peakResidentBytes
        self.minorFaults = minorFaults
        self.majorFaults = majorFaults
    }

    private enum CodingKeys: String, CodingKey {
        case peakResidentBytes = "peak_resident_bytes"
        case minorFaults = "minor_faults"
        case majorFaults = "major_faults"
    }
}
