import TestSupport

@testable import Qwen

/// A matrix of 4 bits, written as GPTQ and AWQ write it.
struct QuantisedMatrix {
    let outputs: Int
    let inputs: Int
    /// Of an output and an input.
    let number: (Int, Int) -> Int
    /// Of an output and a group.
    let zero: (Int, Int) -> Int
    let scale: (Int, Int) -> Float

    private static let group = 128
    private static let awqOrder = [0, 2, 4, 6, 1, 3, 5, 7]

    /// What it stands for, output by output.
    var rows: [[Float]] {
        (0..<outputs).map { output in
            (0..<inputs).map { input in
                scale(output, input / Self.group)
                    * Float(number(output, input) - zero(output, input / Self.group))
            }
        }
    }

    /// - Parameter stored: what is subtracted from a zero point before it is stored.
    func tensors(
        _ name: String, _ method: Quantisation.Method, stored: Int
    ) -> [SafetensorsWriter.Tensor] {
        let order = method == .awq ? Self.awqOrder : Array(0..<8)
        let groups = inputs / Self.group
        let zeros = (0..<groups).flatMap { group in
            (0..<outputs / 8).flatMap { block in
                Self.word(order.map { zero(8 * block + $0, group) - stored })
            }
        }
        let scales = (0..<groups).flatMap { group in
            (0..<outputs).flatMap { output in
                let bits = Float16(scale(output, group)).bitPattern.littleEndian
                return withUnsafeBytes(of: bits) { Array($0) }
            }
        }
        return [
            .init(
                name: "\(name).qweight", type: "I32",
                shape: method == .gptq ? [inputs / 8, outputs] : [inputs, outputs / 8],
                data: method == .gptq ? gptqWeights : awqWeights),
            .init(
                name: "\(name).qzeros", type: "I32", shape: [groups, outputs / 8], data: zeros),
            .init(name: "\(name).scales", type: "F16", shape: [groups, outputs], data: scales),
        ]
    }

    private var gptqWeights: [UInt8] {
        (0..<inputs / 8).flatMap { eight in
            (0..<outputs).flatMap { output in
                Self.word((0..<8).map { number(output, 8 * eight + $0) })
            }
        }
    }

    private var awqWeights: [UInt8] {
        (0..<inputs).flatMap { input in
            (0..<outputs / 8).flatMap { block in
                Self.word(Self.awqOrder.map { number(8 * block + $0, input) })
            }
        }
    }

    /// Eight numbers of 4 bits in an int32, the first in the lowest bits.
    private static func word(_ numbers: [Int]) -> [UInt8] {
        var word: UInt32 = 0
        for (index, number) in numbers.enumerated() { word |= UInt32(number) << (4 * index) }
        return withUnsafeBytes(of: word.littleEndian) { Array($0) }
    }
}
