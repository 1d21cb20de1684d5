/// Base64 with padding (RFC 4648, section 4).
enum Base64 {
    /// What each byte stands for, or 255.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (digit, byte) in alphabet.utf8.enumerated() { digits[Int(byte)] = UInt8(digit) }
        return digits
    }()

    /// The bytes that a text stands for, or nil if it is not base64.
    static func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in text.dropLast(padding) {
            let digit = digits[Int(byte)]
            guard digit != 255 else { return nil }
            bits = bits << 6 & 0xffff | UInt32(digit)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        }
        // Bits that no byte takes are zero.
        guard bits & (1 << UInt32(bitCount) - 1) == 0 else { return nil }
        return result
    }
}
