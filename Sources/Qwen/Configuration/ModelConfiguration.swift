internal import Kernels

/// The shape of a dense decoder: everything the forward pass must know beside the weights.
package struct ModelConfiguration: Sendable, Equatable, Codable {
    package var name: String
    package var architecture: Architecture
    package var hiddenSize: Int
    package var layerCount: Int
    package var headCount: Int
    package var kvHeadCount: Int
    /// Numbers of one head.
    package var headDimension: Int
    /// Width of the feed-forward part: outputs of gate and of up. (The `intermediate_size` in
    /// Qwen v1's files is twice that.)
    package var intermediateSize: Int
    package var vocabularySize: Int
    package var maximumPositions: Int
    package var rmsNormEpsilon: Float
    package var ropeTheta: Double
    package var rotaryScaling: RotaryScaling
    package var biases: BiasedProducts
    /// Whether the output head is the token embedding.
    package var tiesEmbeddings: Bool
    /// Qwen v1's `seq_length`, beyond which dynamic NTK and log-n attention act.
    package var trainedLength: Int?
    package var usesDynamicNTK: Bool
    package var usesLogNAttention: Bool

    /// - Parameter biases: those that are usual in the architecture if nil.
    package init(
        name: String,
        architecture: Architecture,
        hiddenSize: Int,
        layerCount: Int,
        headCount: Int,
        kvHeadCount: Int,
        headDimension: Int,
        intermediateSize: Int,
        vocabularySize: Int,
        maximumPositions: Int,
        rmsNormEpsilon: Float,
        ropeTheta: Double,
        tiesEmbeddings: Bool,
        rotaryScaling: RotaryScaling = RotaryScaling(),
        biases: BiasedProducts? = nil,
        trainedLength: Int? = nil,
        usesDynamicNTK: Bool = false,
        usesLogNAttention: Bool = false
    ) {
        self.name = name
        self.architecture = architecture
        self.hiddenSize = hiddenSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.kvHeadCount = kvHeadCount
        self.headDimension = headDimension
        self.intermediateSize = intermediateSize
        self.vocabularySize = vocabularySize
        self.maximumPositions = maximumPositions
        self.rmsNormEpsilon = rmsNormEpsilon
        self.ropeTheta = ropeTheta
        self.rotaryScaling = rotaryScaling
        self.biases = biases ?? architecture.usualBiases
        self.tiesEmbeddings = tiesEmbeddings
        self.trainedLength = trainedLength
        self.usesDynamicNTK = usesDynamicNTK
        self.usesLogNAttention = usesLogNAttention
    }

    /// Whether each head of queries and keys passes an RMS norm before its rotation.
    package var normalizesHeads: Bool { architecture.family.normalizesHeads }

    /// Numbers in the queries of one token.
    package var queryWidth: Int { headCount * headDimension }

    /// Numbers in the keys, or in the values, of one token.
    package var keyValueWidth: Int { kvHeadCount * headDimension }

    /// Trained numbers of the model, a tied head counted once.
    package var parameterCount: Int {
        let projections = hiddenSize * (2 * queryWidth + 2 * keyValueWidth)
        let biases = self.biases.roles(layer: 0).reduce(0) { $0 + $1.shape(self).columns }
        let feedForward = 3 * hiddenSize * intermediateSize
        let norms = 2 * hiddenSize + (normalizesHeads ? 2 * headDimension : 0)
        let layer = projections + biases + feedForward + norms
        let embeddings = (tiesEmbeddings ? 1 : 2) * vocabularySize * hiddenSize
        return layerCount * layer + embeddings + hiddenSize
    }

    /// Bytes that the keys and values of one position of one sequence take.
    package func kvBytesPerToken(elementBytes: Int) -> Int {
        2 * layerCount * keyValueWidth * elementBytes
    }

    /// Positions beyond which a file's number of them is no promise that anything here could keep.
    static let mostPositions = 1 << 24

    /// The largest sizes that are taken for a model: far above any there is, and small enough that
    /// no product of two of them overflows, and that whole numbers can be summed over every input.
    private static let bounds:
        [(name: String, path: any KeyPath<Self, Int> & Sendable, most: Int)] = [
            ("hidden size", \.hiddenSize, Element.mostWholeDepth),
            ("layer count", \.layerCount, 1 << 12),
            ("head count", \.headCount, 1 << 12),
            ("key/value head count", \.kvHeadCount, 1 << 12),
            ("head dimension", \.headDimension, 1 << 12),
            ("intermediate size", \.intermediateSize, Element.mostWholeDepth),
            ("vocabulary size", \.vocabularySize, 1 << 24),
            ("maximum positions", \.maximumPositions, mostPositions),
        ]

    /// Refuses shapes that no model has or that do not fit together.
    ///
    /// - Throws: `QwenError.invalidConfiguration` naming the value.
    package func validate() throws(QwenError) {
        for bound in Self.bounds {
            let value = self[keyPath: bound.path]
            guard 1...bound.most ~= value else {
                throw invalid("\(bound.name) \(value) is not in 1…\(bound.most)")
            }
        }
        guard headCount % kvHeadCount == 0 else {
            throw invalid(
                "\(headCount) heads cannot share \(kvHeadCount) key/value heads evenly")
        }
        guard headDimension % 2 == 0 else {
            throw invalid("head dimension \(headDimension) is odd: it cannot be rotated in pairs")
        }
        guard queryWidth <= Element.mostWholeDepth else {
            throw invalid(
                "\(headCount) heads of \(headDimension) are \(queryWidth) numbers, more than "
                    + "\(Element.mostWholeDepth)")
        }
        guard rmsNormEpsilon >= 0, rmsNormEpsilon < 1 else {
            throw invalid("RMS norm epsilon \(rmsNormEpsilon) is not in 0..<1")
        }
        guard ropeTheta >= 1, ropeTheta.isFinite else {
            throw invalid("rotary base \(ropeTheta) is not a finite number of 1 or more")
        }
        if let problem = rotaryScaling.problem(base: ropeTheta, headDimension: headDimension) {
            throw invalid(problem)
        }
        guard biases.isSubset(of: BiasedProducts(BiasedProducts.all)) else {
            throw invalid("\(biases.rawValue) is no set of biased products")
        }
        if let trainedLength, trainedLength < 2 {
            throw invalid("trained length \(trainedLength) is below 2")
        }
        if usesDynamicNTK || usesLogNAttention, trainedLength == nil {
            throw invalid("dynamic NTK and log-n attention need the trained length")
        }
    }

    /// Refuses tokens that the model has no row for: a vocabulary may have more than the model, whose
    /// texts do not use them.
    ///
    /// - Throws: `QwenError.tokenWithoutRow`.
    package func checkRows(of tokens: some Sequence<some BinaryInteger>) throws(QwenError) {
        for token in tokens where !(0..<vocabularySize ~= Int(token)) {
            throw .tokenWithoutRow(Int(token), rows: vocabularySize)
        }
    }

    private func invalid(_ problem: String) -> QwenError {
        .invalidConfiguration(model: name, problem: problem)
    }
}

extension ModelConfiguration {
    /// Reads what `encode` wrote, also before there were scaled positions and biases by product.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try values.decode(String.self, forKey: .name),
            architecture: try values.decode(Architecture.self, forKey: .architecture),
            hiddenSize: try values.decode(Int.self, forKey: .hiddenSize),
            layerCount: try values.decode(Int.self, forKey: .layerCount),
            headCount: try values.decode(Int.self, forKey: .headCount),
            kvHeadCount: try values.decode(Int.self, forKey: .kvHeadCount),
            headDimension: try values.decode(Int.self, forKey: .headDimension),
            intermediateSize: try values.decode(Int.self, forKey: .intermediateSize),
            vocabularySize: try values.decode(Int.self, forKey: .vocabularySize),
            maximumPositions: try values.decode(Int.self, forKey: .maximumPositions),
            rmsNormEpsilon: try values.decode(Float.self, forKey: .rmsNormEpsilon),
            ropeTheta: try values.decode(Double.self, forKey: .ropeTheta),
            tiesEmbeddings: try values.decode(Bool.self, forKey: .tiesEmbeddings),
            rotaryScaling: try values.decodeIfPresent(RotaryScaling.self, forKey: .rotaryScaling)
                ?? RotaryScaling(),
            biases: try values.decodeIfPresent(BiasedProducts.self, forKey: .biases),
            trainedLength: try values.decodeIfPresent(Int.self, forKey: .trainedLength),
            usesDynamicNTK: try values.decode(Bool.self, forKey: .usesDynamicNTK),
            usesLogNAttention: try values.decode(Bool.self, forKey: .usesLogNAttention))
    }
}
