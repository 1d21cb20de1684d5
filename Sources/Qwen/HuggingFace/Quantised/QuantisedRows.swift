internal import Machine

/// The rows of one matrix that GPTQ or AWQ quantised, or of a part of one, as f32.
///
/// Their matrices are (in, out), ours (out, in): a row of ours is a column of theirs. For each output
/// and each 128 inputs there are a scale and a zero point; a number of 4 bits q stands for
/// scale · (q − zero). Eight numbers of 4 bits are an int32, the first in the lowest bits:
///
/// - GPTQ: `qweight` (in/8, out), eight inputs of an output in one int32; `qzeros` (in/128, out/8)
///   holds zero − 1, but in the format `gptq_v2` zero.
/// - AWQ: `qweight` (in, out/8), eight outputs of an input in one int32, in the order 0, 2, 4, 6, 1, 3,
///   5, 7; `qzeros` (in/128, out/8) likewise.
struct QuantisedRows: TensorRows {
    let rows: Int
    let columns: Int

    private let quantisation: Quantisation
    /// Of all outputs of the matrix, the first of these rows.
    private let firstRow: Int
    private let outputCount: Int
    private let weights: StoredTensor
    private let zeros: StoredTensor
    private let scales: StoredTensor
    private let scaleType: SafetensorsType

    /// Outputs whose zero points are one int32.
    private static let block = 8
    private static let integerByteCount = 4

    /// - Parameters:
    ///   - name: of the matrix, without `.weight`.
    ///   - shape: outputs and inputs of the whole matrix.
    ///   - weights: its `qweight`.
    ///   - part: which of the outputs are meant; all if nil.
    ///   - find: the tensor of a name, nil where there is none.
    /// - Throws: `QwenError.unsupportedModel` naming a tensor that is missing or is not as it must be,
    ///   and for inputs that are in another order; whatever `find` throws.
    init(
        _ quantisation: Quantisation, of name: String, _ shape: (rows: Int, columns: Int),
        weights: StoredTensor, part: Range<Int>? = nil, find: (String) throws -> StoredTensor?
    ) throws {
        func tensor(_ suffix: String) throws -> StoredTensor {
            guard let tensor = try find("\(name).\(suffix)") else {
                throw weights.file.unsupported("the tensor \(name).\(suffix) is missing")
            }
            return tensor
        }
        let outputs = shape.rows
        let inputs = shape.columns
        self.weights = weights
        guard outputs % Self.block == 0, inputs % Quantisation.groupSize == 0 else {
            throw weights.file.unsupported(
                "\(name) has \(outputs) outputs and \(inputs) inputs; read are multiples of "
                    + "\(Self.block) and \(Quantisation.groupSize)")
        }
        let groups = inputs / Quantisation.groupSize
        let packed = outputs / Self.block
        try weights.check(
            quantisation.method == .gptq ? [inputs / Self.block, outputs] : [inputs, packed],
            types: ["I32"], byteCount: inputs * packed * Self.integerByteCount)
        zeros = try tensor("qzeros")
        try zeros.check(
            [groups, packed], types: ["I32"], byteCount: groups * packed * Self.integerByteCount)
        scales = try tensor("scales")
        let type = SafetensorsType(rawValue: scales.tensor.typeName)
        try scales.check(
            [groups, outputs], types: SafetensorsType.allCases.map(\.rawValue),
            byteCount: groups * outputs * (type?.byteCount ?? 0))
        scaleType = type ?? .f16
        if quantisation.ordersInputs {
            try Self.checkOrder(try tensor("g_idx"), inputs)
        } else if let order = try find("\(name).g_idx") {
            try Self.checkOrder(order, inputs)
        }
        let part = part ?? 0..<outputs
        precondition(0..<outputs ~= part.lowerBound && part.upperBound <= outputs)
        rows = part.count
        columns = inputs
        self.quantisation = quantisation
        firstRow = part.lowerBound
        outputCount = outputs
    }

    /// Refuses inputs that do not come group by group (`desc_act`).
    private static func checkOrder(_ order: StoredTensor, _ inputs: Int) throws(QwenError) {
        try order.check([inputs], types: ["I32"], byteCount: inputs * integerByteCount)
        let groups = order.bytes
        for input in 0..<inputs
        where integer(groups, input) != UInt32(input / Quantisation.groupSize) {
            throw order.file.unsupported(
                "\(order.name) has its inputs in another order (desc_act); \(Quantisation.remedy)")
        }
    }

    private static func integer(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> UInt32 {
        UInt32(
            littleEndian: bytes.loadUnaligned(
                fromByteOffset: index * integerByteCount, as: UInt32.self))
    }
}

extension QuantisedRows {
    func place(of row: Int) -> String { "\(weights.name), output \(firstRow + row)" }

    /// Reads one row; neighbours are cheaper together.
    ///
    /// - Precondition: the row is one of them, and `values` has as many numbers.
    func read(_ row: Int, into values: UnsafeMutableBufferPointer<Float>) {
        guard let start = values.baseAddress, values.count == columns else {
            preconditionFailure("not a row of this tensor")
        }
        read(row..<row + 1, into: start, stride: columns)
    }

    /// Reads several rows, `stride` numbers from the beginning of one to that of the next.
    ///
    /// What is read of the file is read once for each eight outputs of the matrix.
    ///
    /// - Precondition: they are some of these.
    func read(_ range: Range<Int>, into values: UnsafeMutablePointer<Float>, stride: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "not rows of this tensor")
        var row = range.lowerBound
        while row < range.upperBound {
            let (block, lane) = (firstRow + row).quotientAndRemainder(dividingBy: Self.block)
            let count = min(Self.block - lane, range.upperBound - row)
            readBlock(
                block, lanes: lane..<lane + count,
                into: values + (row - range.lowerBound) * stride, stride: stride)
            row += count
        }
    }

    /// Gives the memory of the matrix back, with its last rows: a row lies all over it.
    ///
    /// - Precondition: they are some of these.
    func release(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "not rows of this tensor")
        guard range.upperBound == rows else { return }
        for tensor in [weights, zeros, scales] {
            tensor.file.mapping.release(tensor.tensor.byteRange)
        }
    }

    /// Reads outputs that share an int32.
    private func readBlock(
        _ block: Int, lanes: Range<Int>, into values: UnsafeMutablePointer<Float>, stride: Int
    ) {
        let levelCount = 16
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.block * levelCount) { levels in
            for group in 0..<columns / Quantisation.groupSize {
                fill(levels, group, block, lanes)
                for (row, lane) in lanes.enumerated() {
                    let laneLevels = UnsafeMutableBufferPointer(
                        rebasing: levels[lane * levelCount..<(lane + 1) * levelCount])
                    read(
                        group, block, lane, laneLevels,
                        into: values + row * stride + group * Quantisation.groupSize)
                }
            }
        }
    }

    /// What each of the 16 values of 4 bits stands for, lane by lane.
    private func fill(
        _ levels: UnsafeMutableBufferPointer<Float>, _ group: Int, _ block: Int, _ lanes: Range<Int>
    ) {
        let zeroBits = Self.integer(zeros.bytes, group * outputCount / Self.block + block)
        let first = (group * outputCount + block * Self.block) * scaleType.byteCount
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.block) { laneScales in
            scaleType.decode(
                UnsafeRawBufferPointer(
                    rebasing: scales.bytes[first..<first + Self.block * scaleType.byteCount]),
                into: laneScales)
            for lane in lanes {
                // A zero point of 0 is stored as 15 by the first format, as AutoGPTQ reads it.
                let stored = Int(zeroBits >> shift(ofOutput: lane) & 15)
                let zero = (stored + quantisation.zeroOffset) & 15
                for level in 0..<16 {
                    levels[lane * 16 + level] = laneScales[lane] * Float(level - zero)
                }
            }
        }
    }

    /// Reads the inputs of a group for one output.
    private func read(
        _ group: Int, _ block: Int, _ lane: Int, _ levels: UnsafeMutableBufferPointer<Float>,
        into values: UnsafeMutablePointer<Float>
    ) {
        let bytes = weights.bytes
        let size = Quantisation.groupSize
        switch quantisation.method {
        case .gptq:
            let eights = size / 8
            var index = group * eights * outputCount + block * Self.block + lane
            for eight in 0..<eights {
                var bits = Self.integer(bytes, index)
                for input in 0..<8 {
                    values[8 * eight + input] = levels[Int(bits & 15)]
                    bits >>= 4
                }
                index += outputCount
            }
        case .awq:
            let packed = outputCount / Self.block
            let shift = shift(ofOutput: lane)
            var index = group * size * packed + block
            for input in 0..<size {
                values[input] = levels[Int(Self.integer(bytes, index) >> shift & 15)]
                index += packed
            }
        }
    }

    /// Where the 4 bits of one of eight outputs begin.
    private func shift(ofOutput lane: Int) -> UInt32 {
        switch quantisation.method {
        case .gptq: UInt32(4 * lane)
        // Even outputs come first.
        case .awq: UInt32(4 * (lane / 2 + lane % 2 * 4))
        }
    }
}
