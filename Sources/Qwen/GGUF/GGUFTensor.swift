/// Where one tensor of a GGUF file lies, checked against the file.
package struct GGUFTensor: Equatable, Sendable {
    package let name: String
    package let type: GGUFTensorType
    /// Numbers of one row: the file's first dimension.
    package let columns: Int
    /// All other dimensions multiplied.
    package let rows: Int
    /// Bytes of the tensor in the file.
    package let byteRange: Range<Int>

    /// Bytes of one row.
    var rowByteCount: Int { columns / type.blockLength * type.blockByteCount }
}

/// The number formats of GGUF tensors that the core reads, named as ggml names them.
// swift-format-ignore: AlwaysUseLowerCamelCase
package enum GGUFTensorType: UInt32, Sendable, CaseIterable {
    case f32 = 0
    case f16 = 1
    case q4_0 = 2
    case q4_1 = 3
    case q5_0 = 6
    case q5_1 = 7
    case q8_0 = 8
    case q4_K = 12
    case q5_K = 13
    case q6_K = 14
    case bf16 = 30

    /// Numbers of one block; rows are whole blocks.
    package var blockLength: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: 32
        case .q4_K, .q5_K, .q6_K: 256
        }
    }

    /// Bytes of one block.
    package var blockByteCount: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        case .q4_0: 18
        case .q4_1: 20
        case .q5_0: 22
        case .q5_1: 24
        case .q8_0: 34
        case .q4_K: 144
        case .q5_K: 176
        case .q6_K: 210
        }
    }

    package var name: String { Self.names[rawValue] ?? "\(rawValue)" }

    /// The name of any type of the format, also of those that are not read.
    static func name(of code: UInt32) -> String {
        names[code] ?? "type \(code)"
    }

    static var supportedNames: String { allCases.map(\.name).joined(separator: ", ") }

    private static let names: [UInt32: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1",
        10: "Q2_K", 11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS",
        17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S",
        23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M",
        30: "BF16", 31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8", 34: "TQ1_0", 35: "TQ2_0",
        36: "IQ4_NL_4_4", 37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8", 39: "MXFP4", 40: "NVFP4", 41: "Q1_0",
        42: "Q2_0",
    ]
}
