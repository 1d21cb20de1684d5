package import Measurement
package import Qwen

/// What ranks cost and gain, foretold from what was measured with one and with several.
///
/// A rank computes for bytes · x + operations · y seconds, of what `ForwardCosts` counts of its part
/// of the model; the slowest rank counts. Ranks on one host share its cores and its memory, so each
/// number of them has its own x and y; a host of its own has those of one rank. To that comes what
/// ranks let each other read: on one host meetings · `secondsPerMeeting` + bytes · (R − 1) ·
/// `secondsPerByteRead`, between hosts what a ``Link`` says. Each pair of factors is the one, neither
/// below 0, with the least sum of squared errors, relative to the times of the cells.
package struct ScalingModel: Equatable, Sendable {
    /// Seconds of the pass over the prompts and of a step after it, the mean over all steps.
    package struct Times: Equatable, Sendable {
        package var prefill: Double
        package var step: Double

        package init(prefill: Double, step: Double) {
            self.prefill = prefill
            self.step = step
        }
    }

    /// What was measured.
    package struct Cell: Equatable, Sendable {
        package let shape: Shape
        package let ranks: Int
        package let times: Times
        /// Of these, what the rank waited that waits least, hence for numbers and not for slower ranks.
        package let communication: Times

        package init(_ shape: Shape, ranks: Int, _ times: Times, communication: Times) {
            self.shape = shape
            self.ranks = ranks
            self.times = times
            self.communication = communication
        }
    }

    /// Seconds that a rank computes for each byte and each operation.
    package struct Pace: Equatable, Sendable {
        package let perByte: Double
        package let perOperation: Double

        fileprivate func seconds(of work: Costs.Work) -> Double {
            work.bytes * perByte + work.operations * perOperation
        }
    }

    /// What is run: a model, and how its numbers lie in memory.
    package struct Subject: Sendable {
        package let model: ModelConfiguration
        package let precision: Precision
        package let cache: CachePrecision?

        package init(
            _ model: ModelConfiguration, _ precision: Precision, cache: CachePrecision? = nil
        ) {
            self.model = model
            self.precision = precision
            self.cache = cache
        }
    }

    /// The same, shared by so many ranks.
    package struct Parts: Sendable {
        package let ranks: Int
        fileprivate let model: ModelConfiguration
        fileprivate let costs: [ForwardCosts]

        /// - Throws: `QwenError` for ranks that cannot share the model.
        package init(_ subject: Subject, ranks: Int) throws(QwenError) {
            self.ranks = ranks
            model = subject.model
            costs = try RankShare.configurations(of: model, ranks: ranks).map {
                part throws(QwenError) in
                try ForwardCosts(part, precision: subject.precision, cache: subject.cache)
            }
        }
    }

    /// Of a rank, by the number of ranks on its host.
    package let paces: [Int: Pace]
    /// Of ranks on one host.
    package let secondsPerMeeting: Double
    package let secondsPerByteRead: Double

    /// Fits the factors to cells of one model.
    ///
    /// - Throws: ``UsageError`` where no cell has one rank, or an output of one token; `QwenError` for
    ///   a model that cannot be shared so.
    package init(_ cells: [Cell], of subject: Subject) throws {
        if let cell = cells.first(where: { $0.shape.outputLength < 2 }) {
            throw UsageError(
                "a cell of \(cell.shape.outputLength) output token has no step to foretell others "
                    + "from; measure at least 2")
        }
        guard cells.contains(where: { $0.ranks == 1 }) else {
            throw UsageError(
                "nothing can be foretold without cells of one rank; measure with --ranks 1,2")
        }
        var paces: [Int: Pace] = [:]
        var exchanges: [Equation] = []
        for ranks in Set(cells.map(\.ranks)).sorted() {
            let parts = try Parts(subject, ranks: ranks)
            var computed: [Equation] = []
            for cell in cells where cell.ranks == ranks {
                let costs = Costs(cell.shape, of: parts)
                let others = Double(ranks - 1)
                for (phase, work, traffic) in [
                    (\Times.prefill, costs.prefill, costs.prefillTraffic),
                    (\Times.step, costs.step, costs.stepTraffic),
                ] {
                    let whole = cell.times[keyPath: phase]
                    let waited = cell.communication[keyPath: phase]
                    computed.append(
                        Equation(work.bytes, work.operations, is: whole - waited, of: whole))
                    guard ranks > 1 else { continue }
                    exchanges.append(
                        Equation(
                            traffic.meetings, traffic.bytes * others, is: waited, of: whole))
                }
            }
            let pace = Equation.fit(computed)
            paces[ranks] = Pace(perByte: pace.x, perOperation: pace.y)
        }
        self.paces = paces
        (secondsPerMeeting, secondsPerByteRead) = Equation.fit(exchanges)
    }

    /// What is foretold of a cell.
    package struct Foretold: Equatable, Sendable {
        package let times: Times
        /// Of these the part that ranks wait for each other's numbers.
        package let communication: Times
    }

    /// - Precondition: the shape has two or more output tokens.
    /// - Parameter link: between the hosts of the ranks; nil for ranks on one host.
    /// - Returns: nil for a number of ranks on one host that was not measured.
    package func foretell(_ shape: Shape, of parts: Parts, over link: Link? = nil) -> Foretold? {
        guard let pace = paces[link == nil ? parts.ranks : 1] else { return nil }
        let costs = Costs(shape, of: parts)
        let exchanged = Times(
            prefill: seconds(of: costs.prefillTraffic, ranks: parts.ranks, over: link),
            step: seconds(of: costs.stepTraffic, ranks: parts.ranks, over: link))
        return Foretold(
            times: Times(
                prefill: pace.seconds(of: costs.prefill) + exchanged.prefill,
                step: pace.seconds(of: costs.step) + exchanged.step),
            communication: exchanged)
    }

    private func seconds(of traffic: RankTraffic, ranks: Int, over link: Link?) -> Double {
        if let link {
            return link.allReduces(traffic.meetings, bytes: traffic.bytes, ranks: ranks)
        }
        guard ranks > 1 else { return 0 }
        return traffic.meetings * secondsPerMeeting
            + traffic.bytes * Double(ranks - 1) * secondsPerByteRead
    }
}

/// What a rank has to do for a cell at most, and what ranks exchange.
private struct Costs {
    /// Bytes and operations.
    typealias Work = (bytes: Double, operations: Double)

    private(set) var prefill: Work = (0, 0)
    private(set) var step: Work = (0, 0)
    let prefillTraffic: RankTraffic
    let stepTraffic: RankTraffic

    init(_ shape: Shape, of parts: ScalingModel.Parts) {
        let steps = shape.outputLength - 1
        for costs in parts.costs {
            let prompt = costs.prefill(batch: shape.batch, length: shape.inputLength)
            let rest = costs.decode(
                batch: shape.batch, inputLength: shape.inputLength, steps: steps)
            prefill = Self.most(prefill, (prompt.bytes, prompt.operations))
            step = Self.most(
                step, (rest.bytes / Double(steps), rest.operations / Double(steps)))
        }
        prefillTraffic = .prefill(parts.model, batch: shape.batch, length: shape.inputLength)
        stepTraffic = .step(parts.model, batch: shape.batch)
    }

    private static func most(_ a: Work, _ b: Work) -> Work {
        (max(a.bytes, b.bytes), max(a.operations, b.operations))
    }
}

/// One equation a · x + b · y = target, as shares of what was measured.
private struct Equation {
    let a: Double
    let b: Double
    let target: Double

    /// - Parameter whole: of which an error is a share.
    init(_ a: Double, _ b: Double, is target: Double, of whole: Double) {
        self.a = a / whole
        self.b = b / whole
        self.target = target / whole
    }

    /// The x and y, neither below 0, with the least sum of squared errors.
    ///
    /// Where the equations cannot tell the two apart, all is x's.
    static func fit(_ equations: [Equation]) -> (x: Double, y: Double) {
        var aa = 0.0
        var ab = 0.0
        var bb = 0.0
        var at = 0.0
        var bt = 0.0
        for equation in equations {
            aa += equation.a * equation.a
            ab += equation.a * equation.b
            bb += equation.b * equation.b
            at += equation.a * equation.target
            bt += equation.b * equation.target
        }
        let onlyX = (x: aa > 0 ? max(0, at / aa) : 0, y: 0.0)
        let onlyY = (x: 0.0, y: bb > 0 ? max(0, bt / bb) : 0)
        let determinant = aa * bb - ab * ab
        guard determinant > 1e-12 * aa * bb else { return onlyX }
        let x = (at * bb - bt * ab) / determinant
        let y = (bt * aa - at * ab) / determinant
        if x >= 0, y >= 0 { return (x, y) }
        // The least lies on a border.
        func error(_ x: Double, _ y: Double) -> Double {
            equations.reduce(0) { sum, equation in
                let miss = equation.a * x + equation.b * y - equation.target
                return sum + miss * miss
            }
        }
        return error(onlyX.x, 0) <= error(0, onlyY.y) ? onlyX : onlyY
    }
}
