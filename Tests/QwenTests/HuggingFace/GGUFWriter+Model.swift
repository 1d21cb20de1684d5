import Foundation
import Qwen
import TestSupport

extension GGUFWriter {
    /// A model's weights in f32, without a tokenizer.
    init(_ model: ModelConfiguration, _ source: any TensorSource) {
        self.init()
        let prefix = model.architecture.rawValue
        keys = [
            ("general.architecture", .text(prefix)),
            ("\(prefix).block_count", .uint32(UInt32(model.layerCount))),
            ("\(prefix).context_length", .uint32(UInt32(model.maximumPositions))),
            ("\(prefix).embedding_length", .uint32(UInt32(model.hiddenSize))),
            ("\(prefix).feed_forward_length", .uint32(UInt32(model.intermediateSize))),
            ("\(prefix).attention.head_count", .uint32(UInt32(model.headCount))),
            ("\(prefix).attention.head_count_kv", .uint32(UInt32(model.kvHeadCount))),
            ("\(prefix).attention.key_length", .uint32(UInt32(model.headDimension))),
            ("\(prefix).attention.layer_norm_rms_epsilon", .float32(model.rmsNormEpsilon)),
            ("\(prefix).rope.freq_base", .float32(Float(model.ropeTheta))),
        ]
        addScaling(model)
        for role in TensorRole.all(model) {
            let shape = role.shape(model)
            var values = source.values(role, model)
            if model.architecture == .llama { values = Self.interleaved(values, role, model) }
            let dimensions = shape.rows == 1 ? [shape.columns] : [shape.columns, shape.rows]
            tensors.append(
                Tensor(
                    name: role.name, dimensions: dimensions.map(UInt64.init), type: 0,
                    data: values.flatMap { value in
                        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                    }))
        }
    }

    /// Llama 3's scaling as its divisors, YaRN's by its keys.
    private mutating func addScaling(_ model: ModelConfiguration) {
        let prefix = model.architecture.rawValue
        switch model.rotaryScaling.kind {
        case .none: break
        case .linear(let factor):
            keys.append(("\(prefix).rope.scaling.factor", .float32(Float(factor))))
        case .llama3(let llama3):
            let width = Double(model.headDimension)
            let divisors = (0..<model.headDimension / 2).map { pair in
                Float(llama3.divisor(of: pow(model.ropeTheta, -2 * Double(pair) / width)))
            }
            tensors.append(
                Tensor(
                    name: "rope_freqs.weight", dimensions: [UInt64(divisors.count)], type: 0,
                    data: divisors.flatMap { value in
                        withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
                    }))
        case .yarn(let yarn):
            keys += [
                ("\(prefix).rope.scaling.type", .text("yarn")),
                ("\(prefix).rope.scaling.factor", .float32(Float(yarn.factor))),
                (
                    "\(prefix).rope.scaling.original_context_length",
                    .uint32(UInt32(yarn.originalPositions))
                ),
            ]
        }
    }

    /// Queries and keys as `llama` files hold them: rows i and i + half of a head side by side.
    private static func interleaved(
        _ values: [Float], _ role: TensorRole, _ model: ModelConfiguration
    ) -> [Float] {
        switch role {
        case .query, .key, .queryBias, .keyBias: break
        default: return values
        }
        let columns = role.shape(model).rows == 1 ? 1 : model.hiddenSize
        let half = model.headDimension / 2
        let headCount = values.count / columns / model.headDimension
        return (0..<headCount).flatMap { head in
            (0..<half).flatMap { i in
                [i, i + half].flatMap { within in
                    values[((head * 2 * half + within) * columns)...].prefix(columns)
                }
            }
        }
    }
}
