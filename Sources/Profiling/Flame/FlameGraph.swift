/// The time of all threads, by phase, operator and kernel.
///
/// Under each operator stand the kernel that it ran and its waiting at barriers; under each phase
/// also `other`: the time of its threads that no operator took, such as waiting for the thread that
/// drives them.
public struct FlameGraph: Equatable, Sendable {
    /// The name of the boxes of waiting.
    static let waiting = "barrier"
    /// The name of the boxes of what belongs to no operator.
    static let other = "other"

    /// One box for each phase, in the order of time.
    public let phases: [Frame]

    /// - Parameter kernels: what ran each operator, by the operator's name: `bf16, avx512`; an
    ///   operator that is missing has no box of a kernel.
    public init(_ recording: Recording, kernels: [String: String]) {
        phases = Phase.allCases.compactMap { phase in
            Self.frame(phase, recording, kernels)
        }
    }

    private static func frame(
        _ phase: Phase, _ recording: Recording, _ kernels: [String: String]
    ) -> Frame? {
        var busy = [UInt64](repeating: 0, count: recording.operators.count)
        var waits = busy
        for span in recording.spans where span.phase == phase {
            busy[span.operatorIndex] += UInt64(max(0, span.busy))
            waits[span.operatorIndex] += UInt64(max(0, span.wait))
        }
        var children: [Frame] = []
        for (index, name) in recording.operators.map(\.name).enumerated() {
            let total = busy[index] + waits[index]
            guard total > 0 else { continue }
            var parts: [Frame] = []
            if let kernel = kernels[name], busy[index] > 0 {
                parts.append(Frame(name: kernel, nanoseconds: busy[index]))
            }
            if waits[index] > 0 {
                parts.append(Frame(name: waiting, nanoseconds: waits[index]))
            }
            children.append(Frame(name: name, nanoseconds: total, children: parts))
        }
        let inside = children.reduce(0) { $0 + $1.nanoseconds }
        let whole = UInt64(max(0, recording.duration(phase))) * UInt64(recording.threadCount)
        if whole > inside {
            children.append(Frame(name: other, nanoseconds: whole - inside))
        }
        guard !children.isEmpty else { return nil }
        return Frame(name: phase.rawValue, nanoseconds: max(whole, inside), children: children)
    }

    /// One line for each box that has time of its own: its name after those of the boxes below it,
    /// joined by semicolons, then its nanoseconds.
    ///
    /// This is the folded form of Brendan Gregg's FlameGraph (`flamegraph.pl`), which speedscope,
    /// inferno and others read as well.
    public var folded: String {
        phases.map { Self.folded($0, below: "") }.joined()
    }

    private static func folded(_ frame: Frame, below: String) -> String {
        // A semicolon would begin another box, and a line feed another line.
        let name = String(
            frame.name.map { $0 == ";" ? ":" : $0.isNewline ? " " : $0 })
        let stack = below.isEmpty ? name : "\(below);\(name)"
        let own = frame.ownNanoseconds
        return (own > 0 ? "\(stack) \(own)\n" : "")
            + frame.children.map { folded($0, below: stack) }.joined()
    }
}
