// The K formats: blocks of 256 numbers with scales of their own for each 16 or 32 of them.
extension Dequantisation {
    /// f16 d, f16 dmin, 12 bytes of 6-bit scales and minimums, 128 bytes.
    static func decodeQ4K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        for part in 0..<4 {
            let first = scaleAndMinimum(block, 2 * part)
            let second = scaleAndMinimum(block, 2 * part + 1)
            let numbers = block + 16 + part * 32
            for i in 0..<32 {
                let pair = byte(numbers, i)
                out[part * 64 + i] = first.scale * Float(pair & 15) - first.minimum
                out[part * 64 + 32 + i] = second.scale * Float(pair >> 4) - second.minimum
            }
        }
    }

    /// As Q4_K, with 256 fifth bits in 32 bytes before the numbers.
    static func decodeQ5K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        for part in 0..<4 {
            let first = scaleAndMinimum(block, 2 * part)
            let second = scaleAndMinimum(block, 2 * part + 1)
            let numbers = block + 48 + part * 32
            for i in 0..<32 {
                let pair = byte(numbers, i)
                let high = byte(block + 16, i) >> UInt8(2 * part)
                let low = pair & 15 | (high & 1) << 4
                let upper = pair >> 4 | (high >> 1 & 1) << 4
                out[part * 64 + i] = first.scale * Float(low) - first.minimum
                out[part * 64 + 32 + i] = second.scale * Float(upper) - second.minimum
            }
        }
    }

    /// 128 bytes of low halves, 64 bytes of upper two bits, 16 int8 scales, f16 d.
    static func decodeQ6K(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        let scale = half(block + 208)
        for part in 0..<2 {
            let low = block + part * 64
            let high = block + 128 + part * 32
            let scales = block + 192 + part * 8
            for i in 0..<32 {
                let bits = byte(high, i)
                let numbers = (
                    byte(low, i) & 15 | (bits & 3) << 4,
                    byte(low, i + 32) & 15 | (bits >> 2 & 3) << 4,
                    byte(low, i) >> 4 | (bits >> 4 & 3) << 4,
                    byte(low, i + 32) >> 4 | (bits >> 6 & 3) << 4
                )
                let values = out + part * 128 + i
                let group = i / 16
                values[0] = scale * signed(scales, group) * (Float(numbers.0) - 32)
                values[32] = scale * signed(scales, group + 2) * (Float(numbers.1) - 32)
                values[64] = scale * signed(scales, group + 4) * (Float(numbers.2) - 32)
                values[96] = scale * signed(scales, group + 6) * (Float(numbers.3) - 32)
            }
        }
    }

    private static func signed(_ pointer: UnsafeRawPointer, _ index: Int) -> Float {
        Float(Int8(bitPattern: byte(pointer, index)))
    }

    /// Scale and minimum of 32 numbers: eight pairs of 6-bit numbers in the 12 bytes after d and
    /// dmin; those of the last four have their upper two bits with the first four.
    private static func scaleAndMinimum(
        _ block: UnsafeRawPointer, _ index: Int
    ) -> (scale: Float, minimum: Float) {
        let packed = block + 4
        let scale: UInt8
        let minimum: UInt8
        if index < 4 {
            scale = byte(packed, index) & 63
            minimum = byte(packed, index + 4) & 63
        } else {
            scale = byte(packed, index + 4) & 15 | (byte(packed, index - 4) >> 6) << 4
            minimum = byte(packed, index + 4) >> 4 | (byte(packed, index) >> 6) << 4
        }
        return (half(block) * Float(scale), half(block + 2) * Float(minimum))
    }
}
