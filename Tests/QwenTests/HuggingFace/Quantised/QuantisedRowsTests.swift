import TestSupport
import Testing

@testable import Qwen

/// Matrices of GPTQ and AWQ, packed here bit by bit, against the numbers that they stand for.
@Suite struct QuantisedRowsTests {
    private let directory = TemporaryDirectory()
    private let outputs = 16
    private let inputs = 256

    private func matrix(symmetric: Bool) -> QuantisedMatrix {
        QuantisedMatrix(
            outputs: outputs, inputs: inputs, number: { (7 * $0 + 3 * $1) / 2 % 16 },
            zero: { symmetric ? 8 : 1 + (3 * $0 + 5 * $1) % 15 },
            // Exact in f16.
            scale: { Float(1 + $0) / 64 + Float($1) / 2 })
    }

    private func expected(_ isSymmetric: Bool) -> [[Float]] { matrix(symmetric: isSymmetric).rows }

    /// - Parameter stored: what is subtracted from a zero point before it is stored.
    private func tensors(
        _ method: Quantisation.Method, symmetric: Bool, stored: Int
    ) -> [SafetensorsWriter.Tensor] {
        matrix(symmetric: symmetric).tensors("m", method, stored: stored)
    }

    private func order(_ group: (Int) -> Int) -> SafetensorsWriter.Tensor {
        .init(
            name: "m.g_idx", type: "I32", shape: [inputs],
            data: (0..<inputs).flatMap { input in
                withUnsafeBytes(of: Int32(group(input)).littleEndian) { Array($0) }
            })
    }

    private func rows(
        _ method: Quantisation.Method, offset: Int, _ tensors: [SafetensorsWriter.Tensor],
        part: Range<Int>? = nil, outputs: Int? = nil, ordered: Bool = false
    ) throws -> QuantisedRows {
        let name = directory.write(SafetensorsWriter(tensors).bytes(), to: "model.safetensors")
        let file = try SafetensorsFile(ModelFile(path: name))
        func find(_ name: String) -> StoredTensor? {
            file.tensors[name].map { StoredTensor(name: name, file: file.file, tensor: $0) }
        }
        return try QuantisedRows(
            Quantisation(method, zeroOffset: offset, ordersInputs: ordered), of: "m",
            (rows: outputs ?? self.outputs, columns: inputs),
            weights: try #require(find("m.qweight")), part: part, find: find)
    }

    private func numbers(_ rows: QuantisedRows) -> [[Float]] {
        (0..<rows.rows).map { row in
            [Float](unsafeUninitializedCapacity: rows.columns) { values, count in
                rows.read(
                    row, into: UnsafeMutableBufferPointer(rebasing: values[..<rows.columns]))
                count = rows.columns
            }
        }
    }

    @Test(arguments: [true, false])
    func everyFormatGivesTheNumbers(_ isSymmetric: Bool) throws {
        let right = expected(isSymmetric)
        for (method, offset) in [(Quantisation.Method.gptq, 1), (.gptq, 0), (.awq, 0)] {
            let tensors = tensors(method, symmetric: isSymmetric, stored: offset)
            #expect(try numbers(rows(method, offset: offset, tensors)) == right)
        }
    }

    /// Bits written by hand, as the two tools are known to lay them out.
    @Test func bitsLieAsTheToolsWriteThem() throws {
        let words = [UInt8](repeating: 0, count: 4 * (inputs / 8 - 1) * 8)
        let ones = [UInt8](repeating: 0, count: 0)
        var tensors = tensors(.gptq, symmetric: true, stored: 1)
        // The first eight inputs of output 0 are 0 … 7, then nothing but 0.
        tensors[0].shape = [inputs / 8, 8]
        tensors[0].data =
            [0x10, 0x32, 0x54, 0x76] + [UInt8](repeating: 0, count: 28) + words + ones
        tensors[1].shape = [2, 1]
        tensors[1].data = [0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77, 0x77]
        tensors[2].shape = [2, 8]
        tensors[2].data = (0..<16).flatMap { _ in [0x00, 0x3C] as [UInt8] }
        let gptq = try numbers(rows(.gptq, offset: 1, tensors, outputs: 8))
        #expect(gptq[0][..<9] == [-8, -7, -6, -5, -4, -3, -2, -1, -8])
        #expect(gptq[1][..<9] == [-8, -8, -8, -8, -8, -8, -8, -8, -8])

        // The eight outputs of input 0, in an int32 0x76543210.
        tensors[0].shape = [inputs, 1]
        tensors[0].data = [0x10, 0x32, 0x54, 0x76] + [UInt8](repeating: 0, count: 4 * (inputs - 1))
        tensors[1].data = [UInt8](repeating: 0, count: 8)
        let awq = try numbers(rows(.awq, offset: 0, tensors, outputs: 8))
        #expect(awq.map { $0[0] } == [0, 4, 1, 5, 2, 6, 3, 7])
        #expect(awq.allSatisfy { $0[1] == 0 })
    }

    @Test(arguments: [Quantisation.Method.gptq, .awq])
    func partsAndSeveralRowsAreTheSame(_ method: Quantisation.Method) throws {
        let right = expected(false)
        let tensors = tensors(method, symmetric: false, stored: 0)
        #expect(
            try numbers(rows(method, offset: 0, tensors, part: 3..<14)) == Array(right[3..<14]))
        let all = try rows(method, offset: 0, tensors)
        let stride = inputs + 5
        var values = [Float](repeating: -1, count: 11 * stride)
        values.withUnsafeMutableBufferPointer { buffer in
            all.read(2..<13, into: buffer.baseAddress!, stride: stride)
        }
        for row in 0..<11 {
            #expect(Array(values[row * stride..<row * stride + inputs]) == right[row + 2])
            #expect(values[row * stride + inputs..<(row + 1) * stride].allSatisfy { $0 == -1 })
        }
        all.release(0..<16)
        #expect(numbers(all) == right)
    }

    @Test func inputsMayBeNumberedByTheirGroupAlone() throws {
        let tensors = tensors(.gptq, symmetric: true, stored: 1)
        #expect(
            try numbers(
                rows(.gptq, offset: 1, tensors + [order { $0 / 128 }], ordered: true))
                == expected(true))
        // desc_act alone does not say which order.
        #expect(throws: QwenError.self) { try rows(.gptq, offset: 1, tensors, ordered: true) }
        let error = #expect(throws: QwenError.self) {
            try rows(.gptq, offset: 1, tensors + [order { 1 - $0 / 128 }])
        }
        #expect(error?.description.contains("m.g_idx has its inputs in another order") == true)
    }

    @Test func whatIsNotAsItMustBeIsNamed() throws {
        let good = tensors(.awq, symmetric: true, stored: 0)
        func refusal(_ tensors: [SafetensorsWriter.Tensor]) -> String {
            let error = #expect(throws: QwenError.self) { try rows(.awq, offset: 0, tensors) }
            return error?.description ?? ""
        }
        for (index, name) in ["m.qweight", "m.qzeros", "m.scales"].enumerated() {
            var tensors = good
            if index > 0 {
                tensors.remove(at: index)
                #expect(refusal(tensors).contains("\(name) is missing"))
                tensors = good
            }
            tensors[index].shape.append(1)
            #expect(refusal(tensors).contains("\(name) is "))
            tensors = good
            tensors[index].type = "I16"
            #expect(refusal(tensors).contains("\(name) is in I16"))
            tensors = good
            tensors[index].type = index == 2 ? "F16" : "I32"
            tensors[index].data.removeLast(4)
            #expect(refusal(tensors).contains(name))
        }
        // A shape of GPTQ's.
        #expect(
            refusal(self.tensors(.gptq, symmetric: true, stored: 0)).contains("m.qweight is 32"))
    }
}
