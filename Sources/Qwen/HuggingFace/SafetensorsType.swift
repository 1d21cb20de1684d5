/// The number formats of safetensors that the core knows, named as the format names them.
package enum SafetensorsType: String, CaseIterable, Sendable {
    case f32 = "F32"
    case f16 = "F16"
    case bf16 = "BF16"

    /// Bytes of one number.
    var byteCount: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        }
    }

    /// The format that holds what a precision keeps of the weights; nil where none does.
    package init?(_ precision: Precision) {
        switch precision {
        case .f32: self = .f32
        case .bf16: self = .bf16
        case .int8, .int4: return nil
        }
    }

    /// Whether it is written too, and not only read.
    var isWritten: Bool { self != .f16 }

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// Widens little-endian numbers to f32, which holds all of them exactly.
    ///
    /// - Precondition: `bytes` holds exactly `values.count` numbers.
    func decode(
        _ bytes: UnsafeRawBufferPointer, into values: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(bytes.count == values.count * byteCount, "not a whole row")
        guard let base = bytes.baseAddress, let out = values.baseAddress else { return }
        switch self {
        case .f32:
            UnsafeMutableRawPointer(out).copyMemory(from: base, byteCount: bytes.count)
        case .f16:
            for i in 0..<values.count { out[i] = Dequantisation.half(base + 2 * i) }
        case .bf16:
            for i in 0..<values.count { out[i] = Dequantisation.brainFloat(base + 2 * i) }
        }
    }

    /// Narrows numbers where they are, f32 to f32 or to bf16; of what bf16 holds nothing changes.
    ///
    /// bf16 rounds to the nearest, and halfway to the even one; what is not a number stays so.
    ///
    /// - Returns: their little-endian bytes, at the front of `values`.
    /// - Precondition: the format is written.
    func encode(_ values: UnsafeMutableBufferPointer<Float>) -> UnsafeRawBufferPointer {
        precondition(isWritten, "\(rawValue) is not written")
        let bytes = UnsafeMutableRawBufferPointer(values)
        if self == .bf16 {
            for index in values.indices {
                bytes.storeBytes(
                    of: Self.brainFloat(values[index]).littleEndian, toByteOffset: 2 * index,
                    as: UInt16.self)
            }
        }
        return UnsafeRawBufferPointer(rebasing: bytes[..<(values.count * byteCount)])
    }

    /// As the kernels' `ck_f32_to_bf16` but for NaN, which that one makes quiet: here a file must
    /// come back as it was.
    private static func brainFloat(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        let upper = UInt16(bits >> 16)
        if value.isNaN { return upper & 0x7f == 0 ? upper | 0x40 : upper }
        let half: UInt32 = 0x7fff + UInt32(upper & 1)
        return UInt16((bits + half) >> 16)
    }
}
