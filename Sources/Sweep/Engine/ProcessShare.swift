internal import Basics
package import Measurement

/// What one of several processes that ran a call together spent on it; times in nanoseconds.
package struct ProcessShare: Codable, Equatable, Sendable {
    /// Of the pass over the prompts, and of all others, with what is waited in them; nil where steps are
    /// not stamped.
    package var prefillNanoseconds: Int?
    package var decodeNanoseconds: Int?
    /// For the other processes, mean over the threads.
    package var prefillWaitNanoseconds: Int
    package var decodeWaitNanoseconds: Int
    /// What it let each of the others read.
    package var exchangedBytes: Int
    /// The most that it held since the point was prepared; nil if unknown.
    package var peakResidentBytes: Int?
    /// The CPUs that its threads are pinned to; nil where they are not.
    package var cpus: [Int]?
    /// What its threads reached right before the call; nil where that was not measured.
    package var roof: Roof?

    package init(
        prefillNanoseconds: Int?, decodeNanoseconds: Int?, prefillWaitNanoseconds: Int,
        decodeWaitNanoseconds: Int, exchangedBytes: Int, peakResidentBytes: Int? = nil,
        cpus: [Int]? = nil
    ) {
        self.prefillNanoseconds = prefillNanoseconds
        self.decodeNanoseconds = decodeNanoseconds
        self.prefillWaitNanoseconds = prefillWaitNanoseconds
        self.decodeWaitNanoseconds = decodeWaitNanoseconds
        self.exchangedBytes = exchangedBytes
        self.peakResidentBytes = peakResidentBytes
        self.cpus = cpus
    }

    /// Of two calls together.
    static func + (first: ProcessShare, last: ProcessShare) -> ProcessShare {
        var both = ProcessShare(
            prefillNanoseconds: knownSum(first.prefillNanoseconds, last.prefillNanoseconds),
            decodeNanoseconds: knownSum(first.decodeNanoseconds, last.decodeNanoseconds),
            prefillWaitNanoseconds: first.prefillWaitNanoseconds &+ last.prefillWaitNanoseconds,
            decodeWaitNanoseconds: first.decodeWaitNanoseconds &+ last.decodeWaitNanoseconds,
            exchangedBytes: first.exchangedBytes &+ last.exchangedBytes,
            peakResidentBytes: last.peakResidentBytes, cpus: last.cpus)
        both.roof = last.roof
        return both
    }

    private enum CodingKeys: String, CodingKey {
        case prefillNanoseconds = "prefill_ns"
        case decodeNanoseconds = "decode_ns"
        case prefillWaitNanoseconds = "prefill_wait_ns"
        case decodeWaitNanoseconds = "decode_wait_ns"
        case exchangedBytes = "exchanged_bytes"
        case peakResidentBytes = "peak_resident_bytes"
        case cpus, roof
    }
}
