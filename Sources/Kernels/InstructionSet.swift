internal import CKernels

/// A set of instructions that kernels are written for, from plain C upwards.
public enum InstructionSet: String, Sendable, CaseIterable, Comparable, Codable {
    /// Portable C, the definition of every kernel.
    case scalar
    /// AVX2 and FMA.
    case avx2
    /// The same with AVX-VNNI, the dot product of bytes on CPUs without AVX-512.
    case avxvnni
    /// AVX2 with AVX-512 F, BW, DQ and VL.
    case avx512
    /// AVX-512 with VNNI, the dot product of bytes (VPDPBUSD).
    case avx512vnni
    /// The same with the BF16 dot product (VDPBF16PS).
    case avx512bf16
    /// The same with AMX, the tile unit for bytes and bf16.
    case amx

    /// Whether this CPU and its operating system can run it.
    public var isUsable: Bool { ck_isa_usable(code) }

    /// Why it cannot be used: what the CPU lacks, or the operating system refuses; nil if it can.
    public var refusal: String? { ck_isa_refusal(code).map { String(cString: $0) } }

    /// The sets this machine can run, scalar first.
    public static var usable: [InstructionSet] { allCases.filter(\.isUsable) }

    /// The last of `usable`: the fastest.
    public static var best: InstructionSet { usable.last ?? .scalar }

    /// Whether the left set comes before the right one, which is faster where both can run.
    public static func < (left: InstructionSet, right: InstructionSet) -> Bool {
        left.code.rawValue < right.code.rawValue
    }

    var code: ck_isa {
        switch self {
        case .scalar: CK_ISA_SCALAR
        case .avx2: CK_ISA_AVX2
        case .avxvnni: CK_ISA_AVX_VNNI
        case .avx512: CK_ISA_AVX512
        case .avx512vnni: CK_ISA_AVX512_VNNI
        case .avx512bf16: CK_ISA_AVX512_BF16
        case .amx: CK_ISA_AMX
        }
    }
}
