internal import Measurement
package import Profiling

/// A profiled cell: the recording of one call, and what recording it cost.
package struct Profile: Sendable {
    /// The response times of a call without and one with recording, one right after the other.
    package struct Pair: Equatable, Sendable {
        /// Nanoseconds.
        package let plain: Double
        /// Nanoseconds.
        package let recorded: Double

        package init(plain: Double, recorded: Double) {
            self.plain = plain
            self.recorded = recorded
        }
    }

    package var manifest: Manifest
    package let recording: Recording
    package let pairs: [Pair]
    /// What recording one span takes a thread, in nanoseconds.
    package let spanNanoseconds: Double
    /// Whether each layer has rows of its own.
    package let isPerLayer: Bool

    package init(
        manifest: Manifest, recording: Recording, pairs: [Pair], spanNanoseconds: Double,
        isPerLayer: Bool
    ) {
        self.manifest = manifest
        self.recording = recording
        self.pairs = pairs
        self.spanNanoseconds = spanNanoseconds
        self.isPerLayer = isPerLayer
    }

    /// The tables of the phases that there are.
    package var tables: [OperatorTable] {
        Phase.allCases.compactMap { OperatorTable(recording, $0) }
    }

    /// What could be better, in words.
    package var findings: [Finding] { Findings.all(in: recording) }

    /// By how much recorded calls are longer: the median over the pairs; nil without any.
    package var measuredCost: Double? {
        Statistics(pairs.map { $0.recorded / $0.plain - 1 })?.median
    }

    /// Spans of a thread · time of a span / time of the call.
    package var computedCost: Double {
        let time = Phase.allCases.reduce(0) { $0 + recording.duration($1) }
        guard time > 0 else { return 0 }
        let spans = Double(recording.spans.count) / Double(recording.threadCount)
        return spans * spanNanoseconds / time
    }
}
