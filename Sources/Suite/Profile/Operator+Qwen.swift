internal import Machine
package import Measurement
package import Profiling
package import Qwen

extension Operator {
    /// The operators of the inference core at one cell, in the order of `ForwardOperator`.
    ///
    /// - Throws: `QwenError.tooLarge` when a size overflows.
    package static func all(of model: Model, at shape: Shape) throws -> [Operator] {
        let costs = try OperatorCosts(
            model.configuration, precision: model.precision, cache: model.cachePrecision,
            batch: shape.batch, capacity: shape.inputLength + shape.outputLength,
            workers: model.execution.pool.workerCount)
        return ForwardOperator.allCases.map { work in
            Operator(
                name: work.name,
                costs: PhaseCosts(
                    prefill: Cost(costs.prefill(work, length: shape.inputLength)),
                    decode: shape.outputLength > 1
                        ? Cost(
                            costs.decode(
                                work, inputLength: shape.inputLength,
                                steps: shape.outputLength - 1)) : nil),
                weights: costs.weights(of: work).map {
                    Weights(parameters: $0.parameters, element: $0.element)
                })
        }
    }
}
