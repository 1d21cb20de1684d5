/// From the blocks of GGUF to f32, exactly as ggml defines them (ggml's `ggml-quants.c`).
enum Dequantisation {
    /// Decodes one row.
    ///
    /// - Precondition: `bytes` holds exactly the blocks of `values.count` numbers.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, as type: GGUFTensorType,
        into values: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(
            values.count % type.blockLength == 0
                && bytes.count == values.count / type.blockLength * type.blockByteCount,
            "not a whole row")
        guard var block = bytes.baseAddress, var out = values.baseAddress else { return }
        for _ in 0..<values.count / type.blockLength {
            switch type {
            case .f32: out[0] = block.loadUnaligned(as: Float.self)
            case .f16: out[0] = half(block)
            case .bf16: out[0] = brainFloat(block)
            case .q4_0: decodeQ4(block, offset: 8, minimum: nil, into: out)
            case .q4_1: decodeQ4(block, offset: 0, minimum: half(block + 2), into: out)
            case .q5_0: decodeQ5(block, offset: 16, minimum: nil, into: out)
            case .q5_1: decodeQ5(block, offset: 0, minimum: half(block + 2), into: out)
            case .q8_0: decodeQ8(block, into: out)
            case .q4_K: decodeQ4K(block, into: out)
            case .q5_K: decodeQ5K(block, into: out)
            case .q6_K: decodeQ6K(block, into: out)
            }
            block += type.blockByteCount
            out += type.blockLength
        }
    }

    /// An IEEE 754 binary16 number.
    static func half(_ pointer: UnsafeRawPointer) -> Float {
        let bits = UInt32(UInt16(littleEndian: pointer.loadUnaligned(as: UInt16.self)))
        let sign = (bits & 0x8000) << 16
        let exponent = bits >> 10 & 0x1f
        let fraction = bits & 0x3ff
        switch exponent {
        case 0:
            let value = Float(fraction) * 0x1p-24
            return sign == 0 ? value : -value
        case 0x1f:
            return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default:
            return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }

    /// A bfloat16 number: the upper half of an f32.
    static func brainFloat(_ pointer: UnsafeRawPointer) -> Float {
        Float(
            bitPattern: UInt32(UInt16(littleEndian: pointer.loadUnaligned(as: UInt16.self))) << 16)
    }

    @inline(__always)
    static func byte(_ pointer: UnsafeRawPointer, _ index: Int) -> UInt8 {
        pointer.load(fromByteOffset: index, as: UInt8.self)
    }

    /// Q4_0: f16 d, 16 bytes; Q4_1: f16 d, f16 m, 16 bytes.
    ///
    /// The low halves come first.
    private static func decodeQ4(
        _ block: UnsafeRawPointer, offset: Int32, minimum: Float?,
        into out: UnsafeMutablePointer<Float>
    ) {
        let scale = half(block)
        let added = minimum ?? 0
        let numbers = block + (minimum == nil ? 2 : 4)
        for i in 0..<16 {
            let pair = Int32(byte(numbers, i))
            out[i] = Float((pair & 15) - offset) * scale + added
            out[i + 16] = Float((pair >> 4) - offset) * scale + added
        }
    }

    /// As Q4, with 32 fifth bits in 4 bytes before the numbers.
    private static func decodeQ5(
        _ block: UnsafeRawPointer, offset: Int32, minimum: Float?,
        into out: UnsafeMutablePointer<Float>
    ) {
        let scale = half(block)
        let added = minimum ?? 0
        let bits = block + (minimum == nil ? 2 : 4)
        let high = UInt32(littleEndian: bits.loadUnaligned(as: UInt32.self))
        for i in 0..<16 {
            let pair = Int32(byte(bits + 4, i))
            let first = Int32(high >> UInt32(i) & 1) << 4
            let second = Int32(high >> UInt32(i + 16) & 1) << 4
            out[i] = Float((pair & 15 | first) - offset) * scale + added
            out[i + 16] = Float((pair >> 4 | second) - offset) * scale + added
        }
    }

    /// f16 d, 32 int8.
    private static func decodeQ8(
        _ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>
    ) {
        let scale = half(block)
        for i in 0..<32 {
            out[i] = Float(Int8(bitPattern: byte(block + 2, i))) * scale
        }
    }
}
