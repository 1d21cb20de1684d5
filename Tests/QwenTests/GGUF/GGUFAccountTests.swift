import TestSupport
import Testing

@testable import Qwen

/// Every key and tensor of a GGUF file is done, known to be harmless, or refused by name.
///
/// `scripts/check-models` goes over all of `docs/models.md`, with the perplexity of the reference; here
/// stands one of each kind.
@Suite struct GGUFAccountTests {
    private func model(
        _ architecture: String = "llama", _ change: (inout GGUFWriter) -> Void
    ) throws -> GGUFModel {
        var writer = GGUFWriter.tinyModel(architecture: architecture)
        change(&writer)
        return try GGUFModel.reading(writer.bytes())
    }

    private func problem(
        _ architecture: String = "llama", _ change: (inout GGUFWriter) -> Void
    ) -> String {
        let error = #expect(throws: QwenError.self) { try model(architecture, change) }
        return error?.description ?? ""
    }

    @Test(
        arguments: [
            ("llama.attn_logit_softcapping", GGUFWriter.Value.float32(50), "is 50.0"),
            ("llama.logit_scale", .float32(0.5), "is 0.5"),
            ("llama.attention.causal", .boolean(0), "is false"),
            ("llama.expert_count", .uint32(8), "a mixture of experts"),
            ("llama.hidden_activation", .text("gelu"), "is 'gelu'"),
            ("llama.attention.scale", .float32(0.3), "not 1/√4"),
            ("llama.attention.value_length", .uint32(8), "values have 8"),
            ("llama.attention.head_count", .int32s([2, 2]), "not a whole number"),
            ("llama.rope.scaling.type", .text("longrope"), "'longrope'"),
            ("llama.rope.scaling.type", .uint32(1), "not a text"),
            ("llama.rope.scaling.factor", .float32(-2), "is -2.0"),
            ("llama.rope.scaling.yarn_beta_fast", .float32(16), "is 16.0"),
            ("llama.vocab_size", .uint32(300), "has 258 rows"),
            ("llama.news", .uint32(1), "llama.news is 1"),
            ("general.type", .text("adapter"), "'adapter'"),
            ("clip.has_vision_encoder", .boolean(1), "clip.has_vision_encoder"),
        ])
    func keysThatChangeAResultAreRefused(
        _ key: String, _ value: GGUFWriter.Value, _ says: String
    ) {
        let problem = problem { $0.set(key, value) }
        #expect(problem.contains(says), "\(problem)")
    }

    @Test(
        arguments: [
            ("llama.attn_logit_softcapping", GGUFWriter.Value.float32(0)),
            ("llama.logit_scale", .float32(1)), ("llama.attention.causal", .boolean(1)),
            ("llama.expert_count", .uint32(0)), ("llama.hidden_activation", .text("silu")),
            ("llama.attention.scale", .float32(0.5)),
            ("llama.rope.scaling.finetuned", .boolean(1)),
            ("llama.rope.scaling.factor", .float32(1)),
            ("llama.rope.scaling.type", .text("none")), ("llama.pooling_type", .uint32(3)),
            ("general.type", .text("model")), ("general.author", .text("someone")),
        ])
    func keysThatChangeNothingAreRead(_ key: String, _ value: GGUFWriter.Value) throws {
        let plain = try model { _ in }.configuration
        #expect(try model { $0.set(key, value) }.configuration == plain)
    }

    @Test(
        arguments: [
            ("blk.0.attn_q_norm.weight", 4, "a further norm"), ("blk.0.attn_norm.bias", 8, "norm"),
            ("output.bias", 258, "a bias"), ("blk.0.ffn_gate_inp.weight", 8, "mixture of experts"),
            ("blk.0.ffn_up.1.weight", 8, "mixture of experts"),
            ("blk.0.attn_qkv.weight", 8, "in one"), ("rope_factors_long.weight", 2, "LongRoPE"),
            ("blk.1.attn_norm.weight", 8, "behind the 1"), ("cls.weight", 8, "a classifier"),
            ("blk.0.attn_sinks", 8, "unknown"),
        ])
    func tensorsThatChangeAResultAreRefused(_ name: String, _ size: Int, _ says: String) {
        let problem = problem { $0.add(name, size) }
        #expect(problem.contains(name) && problem.contains(says), "\(problem)")
    }

    @Test func tensorsThatChangeNothingMayBeOfAnyFormat() throws {
        let read = try model {
            $0.add("blk.0.attn_rot_embd.weight", 2)
            $0.tensors[$0.tensors.count - 1].type = 24
            $0.add("blk.0.attn_q.input_scale", 1)
        }
        #expect(read.configuration.layerCount == 1)
    }

    @Test func aScaleOfOneIsHarmlessAndAnotherIsNot() throws {
        func scale(_ value: Float) -> (inout GGUFWriter) -> Void {
            {
                $0.tensors.append(
                    GGUFWriter.Tensor(
                        name: "blk.0.attn_q.scale", dimensions: [1], type: 0,
                        data: withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }))
            }
        }
        #expect(throws: Never.self) { try model("llama", scale(1)) }
        #expect(problem("llama", scale(2)).contains("blk.0.attn_q.scale is a factor"))
    }

    /// The case of every Llama 3.1: two pairs a head, the second four times as slow.
    @Test func divisorsOfAnglesAreRead() throws {
        let change: (inout GGUFWriter) -> Void = {
            $0.tensors.append(
                GGUFWriter.Tensor(
                    name: "rope_freqs.weight", dimensions: [2], type: 0,
                    data: [0, 0, 0x80, 0x3f, 0, 0, 0x80, 0x40]))
        }
        #expect(try model("llama", change).configuration.rotaryScaling.divisors == [1, 4])
        #expect(problem("qwen2", change).contains("rope_freqs.weight"))
    }

    @Test func aFactorWithoutATypeIsLinear() throws {
        for key in ["llama.rope.scaling.factor", "llama.rope.scale_linear"] {
            let read = try model { $0.set(key, .float32(4)) }
            #expect(read.configuration.rotaryScaling.kind == .linear(factor: 4))
        }
    }

    @Test func yarnTakesTheContextWhereNoOtherIsGiven() throws {
        let read = try model {
            $0.set("llama.rope.scaling.type", .text("yarn"))
            $0.set("llama.rope.scaling.factor", .float32(4))
            $0.set("llama.rope.scaling.attn_factor", .float32(2))
        }.configuration.rotaryScaling
        #expect(read.kind == .yarn(RotaryScaling.YaRN(factor: 4, originalPositions: 64)))
        #expect(abs(read.magnitude - 2 * 1.138629436111989) < 1e-12)
    }

    @Test func aWindowBoundsThePositions() throws {
        let read = try model { $0.set("llama.attention.sliding_window", .uint32(16)) }
        #expect(read.configuration.maximumPositions == 16)
    }

    @Test func biasesAreFactsOfTheFile() throws {
        let biased = try model {
            $0.add("blk.0.attn_q.bias", 8)
            $0.add("blk.0.attn_k.bias", 4)
            $0.add("blk.0.attn_v.bias", 4)
            $0.add("blk.0.ffn_up.bias", 12)
        }
        #expect(biased.configuration.biases == [.queryKeyValue, .up])
        // Pairs of queries and keys lie side by side in the file: numbers 0, 1, 2, 3 are 0, 2, 1, 3.
        #expect(
            biased.values(.queryBias(layer: 0), biased.configuration).map { $0 * 16 }
                == [0, 2, 1, 3, 4, 6, 5, 7])
        #expect(
            biased.values(.valueBias(layer: 0), biased.configuration).map { $0 * 16 }
                == [0, 1, 2, 3])
        #expect(problem { $0.add("blk.0.attn_q.bias", 8) }.contains("attn_k.bias is missing"))
        #expect(problem("qwen2") { $0.add("blk.0.ffn_up.bias", 12) }.contains("ffn_up.bias"))
    }

    /// What one family needs, another refuses.
    @Test func normsOfHeadsAreThoseOfQwen3() throws {
        let read = try model("qwen3") { _ in }
        #expect(read.configuration.architecture == .qwen3 && read.configuration.normalizesHeads)
        #expect(
            read.values(.keyNorm(layer: 0), read.configuration) == [0, 1, 2, 3].map { $0 / 16 })
        for product in ["q", "k"] {
            let name = "blk.0.attn_\(product)_norm.weight"
            let problem = problem("qwen3") { $0.tensors.removeAll { $0.name == name } }
            #expect(problem.contains("\(name) is missing"), "\(problem)")
        }
        for bias in ["attn_q", "attn_output", "ffn_up"] {
            let problem = problem("qwen3") { $0.add("blk.0.\(bias).bias", 8) }
            #expect(problem.contains("blk.0.\(bias).bias is a bias"), "\(problem)")
        }
    }

    /// A head's size of its own: 2 heads of 6 numbers in a model of 8.
    @Test func headsMayBeWiderThanTheirShare() throws {
        let read = try model("qwen3") {
            $0.set("qwen3.attention.key_length", .uint32(6))
            $0.tensors.removeAll { $0.name.hasPrefix("blk.0.attn_") }
            $0.add("blk.0.attn_norm.weight", 8)
            $0.add("blk.0.attn_q.weight", 8, 12)
            $0.add("blk.0.attn_k.weight", 8, 6)
            $0.add("blk.0.attn_v.weight", 8, 6)
            $0.add("blk.0.attn_output.weight", 12, 8)
            $0.add("blk.0.attn_q_norm.weight", 6)
            $0.add("blk.0.attn_k_norm.weight", 6)
        }.configuration
        #expect(read.headDimension == 6 && read.queryWidth == 12 && read.keyValueWidth == 6)
    }

    @Test func aNeededTensorInAFormatThatIsNotReadIsNamed() {
        let problem = problem { $0.tensors[0].type = 10 }
        #expect(problem.contains("token_embd.weight is Q2_K"))
    }
}
