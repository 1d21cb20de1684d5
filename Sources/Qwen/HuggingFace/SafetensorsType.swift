/// The number formats of safetensors that the core reads, named as the format names them.
enum SafetensorsType: String, CaseIterable {
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
            for i in 0..<values.count {
                let bits = base.loadUnaligned(fromByteOffset: 2 * i, as: UInt16.self)
                out[i] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
            }
        }
    }
}
