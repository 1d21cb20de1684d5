/// The spans of one operator in one phase, thread by thread.
struct OperatorCalls {
    /// What a row is for.
    struct Key: Hashable {
        let operatorIndex: Int
        /// nil for all layers together.
        let layer: Int?
    }

    let key: Key
    /// (thread, call) spans; every thread takes part in every call.
    private(set) var spans: [[Span]]

    /// Calls that all threads finished recording.
    var count: Int { spans.map(\.count).min() ?? 0 }

    /// Nanoseconds of each call from the first thread's start to the last thread's end.
    var elapsed: [Double] {
        (0..<count).map { call in
            let threads = spans.map { $0[call] }
            return nanoseconds(
                from: threads.map(\.start).min() ?? 0, to: threads.map(\.end).max() ?? 0)
        }
    }

    /// Nanoseconds of all calls between the last thread's arrival at a barrier and the last
    /// thread's leaving it.
    var passing: Double {
        (0..<count).reduce(0) { sum, call in
            let threads = spans.map { $0[call] }
            return sum
                + nanoseconds(
                    from: threads.map(\.end).max() ?? 0, to: threads.map(\.released).max() ?? 0)
        }
    }

    /// Sorts the spans of a phase, in the order of the first calls.
    ///
    /// - Parameter spans: (thread, time).
    static func collect(
        _ spans: [[Span]], of operators: [Operator], perLayer: Bool
    ) -> [OperatorCalls] {
        var places: [Key: Int] = [:]
        var collected: [OperatorCalls] = []
        for span in spans.joined() {
            let key = Key(operatorIndex: span.operatorIndex, layer: perLayer ? span.layer : nil)
            let place = places[key] ?? collected.count
            if place == collected.count {
                places[key] = place
                let isAlone = operators[span.operatorIndex].workforce == .host
                collected.append(
                    OperatorCalls(
                        key: key, spans: Array(repeating: [], count: isAlone ? 1 : spans.count)))
            }
            collected[place].spans[span.thread].append(span)
        }
        return collected.sorted { $0.firstStart < $1.firstStart }
    }

    private var firstStart: UInt64 { spans.compactMap { $0.first?.start }.min() ?? 0 }
}
