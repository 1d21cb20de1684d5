package import Measurement

/// Something that runs requests and stamps what it does.
///
/// What every engine can do is here; what else one can is in `Capabilities.swift`.
///
/// The contract, which `EngineContract` in the test support checks:
/// - ``prepare(_:positions:)`` takes every allocation that the point needs, so that ``run(_:)`` takes none
///   between the stamps of its call; it may be called again, with another point or the same.
/// - ``run(_:)`` runs the whole workload, which is never larger than the prepared point; it may have
///   fewer tokens out. An engine in lock step generates exactly the tokens asked for and never stops
///   early.
/// - Random prompts are token ids below ``EngineIdentity/vocabularySize``, made from the seed before
///   anything is stamped. The same workload gives the same ``Observation/outputHash``.
/// - Stamps are marked in the order that `Trace` shows: the entry when the ids are ready, the end when
///   the last token is booked and nothing is left running.
/// - An error says in one line what is wrong; it becomes the reason of the row. One that conforms to
///   ``PointStatusError`` chooses the status too. A request that fails is no error: its trace says so.
package protocol Engine: AnyObject {
    /// What runs, for the report.
    var identity: EngineIdentity { get }

    /// What decides its results.
    var fingerprint: Fingerprint { get }

    /// Gets ready for runs of the point.
    ///
    /// - Parameter positions: The most that a sequence takes, input and output together.
    func prepare(_ point: Point, positions: Int) throws

    /// Runs one call and says what was seen.
    func run(_ workload: Workload) throws -> Observation
}

extension Engine {
    /// Gets ready for sequences of the largest input and the largest output together.
    package func prepare(_ point: Point) throws {
        try prepare(point, positions: point.inputLength + point.outputLength)
    }
}

/// An error that says how its point came out, where that is not simply `failed`.
package protocol PointStatusError: Error {
    var status: Status { get }
}

/// What an engine is asked to run in one call.
package struct Workload: Equatable, Sendable {
    package var shape: Shape
    /// What the random prompt is made from; sequences of a batch have different prompts.
    package var seed: UInt64
    /// One for each sequence, none larger than the shape; nil where the seed says all of them.
    package var requests: [Request]?
    /// Whether the steps are stamped, or only the call (`TIMEIT=0`).
    package var stampsSteps: Bool

    package init(
        shape: Shape, seed: UInt64, requests: [Request]? = nil, stampsSteps: Bool = true
    ) {
        self.shape = shape
        self.seed = seed
        self.requests = requests
        self.stampsSteps = stampsSteps
    }

    package var batch: Int { shape.batch }
    package var inputLength: Int { shape.inputLength }
    package var outputLength: Int { shape.outputLength }
}

/// What decides the results of an engine, beside the point: named values in a fixed order.
///
/// Reports are continued, compared and joined in a history by it.
package struct Fingerprint: Codable, Equatable, Sendable {
    package struct Value: Codable, Equatable, Sendable {
        package var name: String
        package var value: String
    }

    package private(set) var values: [Value]

    package init(_ values: [(name: String, value: String)] = []) {
        self.values = values.map { Value(name: $0.name, value: $0.value) }
    }
}
