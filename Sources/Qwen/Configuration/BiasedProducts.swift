/// Which products of a layer have a bias.
package struct BiasedProducts: OptionSet, Sendable, Codable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Queries, keys and values.
    package static let queryKeyValue = BiasedProducts(rawValue: 1)
    package static let attentionOutput = BiasedProducts(rawValue: 2)
    package static let gate = BiasedProducts(rawValue: 4)
    package static let up = BiasedProducts(rawValue: 8)
    package static let down = BiasedProducts(rawValue: 16)

    package static let all: [BiasedProducts] = [
        .queryKeyValue, .attentionOutput, .gate, .up, .down,
    ]

    /// The biases of one of them, in one layer.
    package func roles(layer: Int) -> [TensorRole] {
        var roles: [TensorRole] = []
        if contains(.queryKeyValue) {
            roles += [.queryBias(layer: layer), .keyBias(layer: layer), .valueBias(layer: layer)]
        }
        if contains(.attentionOutput) { roles.append(.attentionOutputBias(layer: layer)) }
        if contains(.gate) { roles.append(.gateBias(layer: layer)) }
        if contains(.up) { roles.append(.upBias(layer: layer)) }
        if contains(.down) { roles.append(.downBias(layer: layer)) }
        return roles
    }
}
