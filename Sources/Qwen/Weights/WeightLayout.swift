internal import Kernels
internal import Machine

/// Where each packed matrix and each vector of a model lies in one block of memory.
///
/// The layout depends on the configuration and the precision alone, so it is known, and its size can
/// be refused, before anything is allocated or read.
struct WeightLayout: Sendable {
    struct Matrix: Sendable {
        let role: MatrixRole
        let element: Element
        let offset: Int
        let panelCount: Int
        let stepCount: Int
        let panelByteCount: Int
        /// Where the bias begins, or nil.
        let biasOffset: Int?
    }

    private let model: ModelConfiguration

    struct Vector: Sendable {
        let tensor: TensorRole
        let offset: Int
    }

    struct Layer: Sendable {
        let attentionNorm: Vector
        /// nil where heads have no norm.
        let queryNorm: Vector?
        let keyNorm: Vector?
        let queryKeyValue: Matrix
        let attentionOutput: Matrix
        let feedForwardNorm: Vector
        let gateUp: Matrix
        let down: Matrix
    }

    let embedding: Matrix
    /// The embedding itself where the model ties them.
    let head: Matrix
    let finalNorm: Vector
    let layers: [Layer]
    let byteCount: Int

    /// - Throws: `QwenError.tooLarge` when the size overflows.
    init(_ model: ModelConfiguration, precision: Precision) throws(QwenError) {
        self.model = model
        var arena = Arena()
        let element = precision.weights
        embedding = Self.matrix(.embedding, model, precision.head, &arena)
        head = model.tiesEmbeddings ? embedding : Self.matrix(.head, model, precision.head, &arena)
        finalNorm = Self.vector(.finalNorm, model, &arena)
        var layers: [Layer] = []
        for layer in 0..<model.layerCount {
            layers.append(
                Layer(
                    attentionNorm: Self.vector(.attentionNorm(layer: layer), model, &arena),
                    queryNorm: model.normalizesHeads
                        ? Self.vector(.queryNorm(layer: layer), model, &arena) : nil,
                    keyNorm: model.normalizesHeads
                        ? Self.vector(.keyNorm(layer: layer), model, &arena) : nil,
                    queryKeyValue: Self.matrix(
                        .queryKeyValue(layer: layer), model, element, &arena),
                    attentionOutput: Self.matrix(
                        .attentionOutput(layer: layer), model, element, &arena),
                    feedForwardNorm: Self.vector(.feedForwardNorm(layer: layer), model, &arena),
                    gateUp: Self.matrix(.gateUp(layer: layer), model, element, &arena),
                    down: Self.matrix(.down(layer: layer), model, element, &arena)
                )
            )
        }
        self.layers = layers
        guard let byteCount = arena.byteCount else {
            throw QwenError.tooLarge(model: model.name)
        }
        self.byteCount = byteCount
    }

    /// A checksum of where everything lies: equal layouts have equal ones.
    var checksum: UInt64 {
        var checksum = Checksum()
        for matrix in matrices {
            checksum.combine("\(matrix.role) \(matrix.element.rawValue)".utf8)
            for number in [
                matrix.offset, matrix.panelCount, matrix.stepCount, matrix.panelByteCount,
                matrix.biasOffset ?? -1,
            ] {
                checksum.combine(number)
            }
        }
        for vector in vectors {
            checksum.combine(vector.tensor.name.utf8)
            checksum.combine(vector.offset)
        }
        checksum.combine(Self.packingVersion)
        return checksum.value
    }

    /// Changes whenever panels hold their numbers in another way.
    private static let packingVersion = 2

    /// All matrices, each once.
    var matrices: [Matrix] {
        var matrices = [embedding]
        if head.offset != embedding.offset { matrices.append(head) }
        for layer in layers {
            matrices += [layer.queryKeyValue, layer.attentionOutput, layer.gateUp, layer.down]
        }
        return matrices
    }

    /// The bytes of the panels that one worker of so many multiplies, by ascending offset.
    ///
    /// What all workers read belongs to nobody: biases, norms, and an embedding that is not the head
    /// too.
    func share(worker index: Int, of workers: Int) -> [Range<Int>] {
        let isTied = head.offset == embedding.offset
        return matrices.filter { isTied || $0.role != .embedding }.map { matrix in
            let panels = panels(of: matrix, worker: index, of: workers)
            return matrix.offset + panels.lowerBound * matrix.panelByteCount..<matrix.offset
                + panels.upperBound * matrix.panelByteCount
        }
    }

    /// The panels of a matrix that one worker of so many multiplies.
    func panels(of matrix: Matrix, worker index: Int, of workers: Int) -> Range<Int> {
        Worker.share(
            of: matrix.panelCount, unit: matrix.role.panelUnit(model, workers: workers),
            index: index, workers: workers)
    }

    /// All norm weights.
    var vectors: [Vector] {
        [finalNorm]
            + layers.flatMap {
                [$0.attentionNorm, $0.queryNorm, $0.keyNorm, $0.feedForwardNorm].compactMap(\.self)
            }
    }

    private static func matrix(
        _ role: MatrixRole, _ model: ModelConfiguration, _ element: Element, _ arena: inout Arena
    ) -> Matrix {
        let panelCount = role.panelCount(model)
        let depth = role.packedDepth(model)
        let panelByteCount = element.panelByteCount(depth: depth)
        let offset = arena.reserve(panelCount, panelByteCount)
        let biasOffset =
            role.hasBias(model)
            ? arena.reserve(panelCount, PackedPanels.channels, MemoryLayout<Float>.size) : nil
        return Matrix(
            role: role, element: element, offset: offset, panelCount: panelCount,
            stepCount: element.stepCount(depth: depth), panelByteCount: panelByteCount,
            biasOffset: biasOffset)
    }

    private static func vector(
        _ tensor: TensorRole, _ model: ModelConfiguration, _ arena: inout Arena
    ) -> Vector {
        Vector(
            tensor: tensor,
            offset: arena.reserve(tensor.shape(model).columns, MemoryLayout<Float>.size))
    }
}
