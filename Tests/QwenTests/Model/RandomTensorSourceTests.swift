import Foundation
import Kernels
import Qwen
import Testing

@Suite struct RandomTensorSourceTests {
    struct Spot: Decodable {
        let tensor: String
        let kind: String
        let rows: Int
        let columns: Int
        let seed: UInt64
        let row: Int
        let column: Int
        let value: Float
    }

    struct Spots: Decodable {
        let values: [Spot]
    }

    /// Values that the NumPy side of the definition drew.
    @Test func streamsAgreeWithTheReferenceToTheBit() throws {
        let url = try #require(
            Bundle.module.url(
                forResource: "Fixtures/reference/random-weights", withExtension: "json"))
        let spots = try JSONDecoder().decode(Spots.self, from: Data(contentsOf: url)).values
        #expect(spots.count >= 12)
        for spot in spots {
            let scale: Float =
                switch spot.kind {
                case "linear": Float((3 / Double(spot.columns)).squareRoot())
                case "embedding": Float(3).squareRoot()
                default: 0.1
                }
            var row = [Float](repeating: 0, count: spot.columns)
            row.withUnsafeMutableBufferPointer {
                RandomStream(seed: spot.seed, name: spot.tensor).fill(
                    row: spot.row, scale: scale, offset: spot.kind == "norm" ? 1 : 0, into: $0)
            }
            #expect(row[spot.column] == spot.value, "\(spot.tensor) \(spot.row) \(spot.column)")
        }
    }
}
