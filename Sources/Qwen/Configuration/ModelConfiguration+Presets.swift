extension ModelConfiguration {
    /// The published shapes by name: Qwen1.5, Qwen v1, Qwen2.5 (the Instruct models) and Qwen3, each
    /// small to large.
    package static let presets: [ModelConfiguration] = [
        qwen2("qwen1.5-0.5b", 1024, layers: 24, heads: 16, dimension: 64, feed: 2816, tied: true),
        qwen2("qwen1.5-1.8b", 2048, layers: 24, heads: 16, feed: 5504),
        qwen2("qwen1.5-4b", 2560, layers: 40, heads: 20, feed: 6912, theta: 5e6),
        qwen2("qwen1.5-7b", 4096, layers: 32, heads: 32, feed: 11008),
        qwen2("qwen1.5-14b", 5120, layers: 40, heads: 40, feed: 13696, vocabulary: 152_064),
        qwen2(
            "qwen1.5-32b", 5120, layers: 64, heads: 40, kvHeads: 8, feed: 27392,
            vocabulary: 152_064),
        qwen2("qwen1.5-72b", 8192, layers: 80, heads: 64, feed: 24576, vocabulary: 152_064),
        qwen2(
            "qwen1.5-110b", 8192, layers: 80, heads: 64, kvHeads: 8, feed: 49152,
            vocabulary: 152_064),
        qwen("qwen-1.8b", 2048, layers: 24, heads: 16, feed: 5504, positions: 8192),
        qwen("qwen-7b", 4096, layers: 32, heads: 32, feed: 11008, positions: 32768),
        qwen(
            "qwen-14b", 5120, layers: 40, heads: 40, feed: 13696, vocabulary: 152_064,
            positions: 8192, trained: 2048),
        qwen(
            "qwen-72b", 8192, layers: 80, heads: 64, feed: 24576, vocabulary: 152_064,
            theta: 1e6, positions: 32768, trained: nil),
        qwen2(
            "qwen2.5-0.5b", 896, layers: 24, heads: 14, kvHeads: 2, dimension: 64, feed: 4864,
            tied: true),
        qwen2(
            "qwen2.5-1.5b", 1536, layers: 28, heads: 12, kvHeads: 2, feed: 8960, tied: true),
        qwen2("qwen2.5-3b", 2048, layers: 36, heads: 16, kvHeads: 2, feed: 11008, tied: true),
        qwen2(
            "qwen2.5-7b", 3584, layers: 28, heads: 28, kvHeads: 4, feed: 18944,
            vocabulary: 152_064),
        qwen2(
            "qwen2.5-14b", 5120, layers: 48, heads: 40, kvHeads: 8, feed: 13824,
            vocabulary: 152_064),
        qwen2(
            "qwen2.5-32b", 5120, layers: 64, heads: 40, kvHeads: 8, feed: 27648,
            vocabulary: 152_064),
        qwen2(
            "qwen2.5-72b", 8192, layers: 80, heads: 64, kvHeads: 8, feed: 29568,
            vocabulary: 152_064),
        qwen3("qwen3-0.6b", 1024, layers: 28, heads: 16, feed: 3072, tied: true),
        qwen3("qwen3-1.7b", 2048, layers: 28, heads: 16, feed: 6144, tied: true),
        qwen3("qwen3-4b", 2560, layers: 36, heads: 32, feed: 9728, tied: true),
        qwen3("qwen3-8b", 4096, layers: 36, heads: 32, feed: 12288),
        qwen3("qwen3-14b", 5120, layers: 40, heads: 40, feed: 17408),
        qwen3("qwen3-32b", 5120, layers: 64, heads: 64, feed: 25600),
    ]

    /// - Throws: `QwenError.unknownPreset` listing the names there are.
    package static func preset(named name: String) throws(QwenError) -> ModelConfiguration {
        guard let preset = presets.first(where: { $0.name == name.lowercased() }) else {
            throw QwenError.unknownPreset(name, known: presets.map(\.name))
        }
        return preset
    }

    private static func qwen3(
        _ name: String, _ hidden: Int, layers: Int, heads: Int, feed: Int, tied: Bool = false
    ) -> ModelConfiguration {
        ModelConfiguration(
            name: name,
            architecture: .qwen3,
            hiddenSize: hidden,
            layerCount: layers,
            headCount: heads,
            kvHeadCount: 8,
            headDimension: 128,
            intermediateSize: feed,
            vocabularySize: 151_936,
            maximumPositions: 40960,
            rmsNormEpsilon: 1e-6,
            ropeTheta: 1e6,
            tiesEmbeddings: tied)
    }

    private static func qwen2(
        _ name: String, _ hidden: Int, layers: Int, heads: Int, kvHeads: Int? = nil,
        dimension: Int = 128, feed: Int, vocabulary: Int = 151_936, theta: Double = 1e6,
        tied: Bool = false
    ) -> ModelConfiguration {
        ModelConfiguration(
            name: name,
            architecture: .qwen2,
            hiddenSize: hidden,
            layerCount: layers,
            headCount: heads,
            kvHeadCount: kvHeads ?? heads,
            headDimension: dimension,
            intermediateSize: feed,
            vocabularySize: vocabulary,
            maximumPositions: 32768,
            rmsNormEpsilon: 1e-6,
            ropeTheta: theta,
            tiesEmbeddings: tied)
    }

    private static func qwen(
        _ name: String, _ hidden: Int, layers: Int, heads: Int, feed: Int,
        vocabulary: Int = 151_936, theta: Double = 10000, positions: Int, trained: Int? = 8192
    ) -> ModelConfiguration {
        ModelConfiguration(
            name: name,
            architecture: .qwen,
            hiddenSize: hidden,
            layerCount: layers,
            headCount: heads,
            kvHeadCount: heads,
            headDimension: 128,
            intermediateSize: feed,
            vocabularySize: vocabulary,
            maximumPositions: positions,
            rmsNormEpsilon: 1e-6,
            ropeTheta: theta,
            tiesEmbeddings: false,
            trainedLength: trained,
            usesDynamicNTK: trained != nil,
            usesLogNAttention: trained != nil)
    }
}
