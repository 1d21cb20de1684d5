/// An input length and an output length that belong together, in tokens.
package struct LengthPair: Hashable, Codable, Sendable, CustomStringConvertible {
    package var input: Int
    package var output: Int

    package init(_ input: Int, _ output: Int) {
        self.input = input
        self.output = output
    }

    package var description: String { "\(input)x\(output)" }
}
