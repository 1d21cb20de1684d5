import Qwen
import TestSupport
import Testing

/// Files from outside: whatever the bytes, an error or a result, never a crash.
@Suite struct HostileGGUFTests {
    @Test func noFlippedBitCrashesTheReaderOrTheTokenizer() {
        let good = GGUFWriter.tinyModel().bytes()
        // Beyond the header are only the numbers of tensors.
        let headerEnd = good.count - 3 * 1024
        var refused = 0
        for index in 0..<headerEnd {
            for bit in 0..<8 {
                var bytes = good
                bytes[index] ^= 1 << bit
                refused += isAccepted(bytes) ? 0 : 1
            }
        }
        #expect(refused > 1000)
    }

    @Test func noExtremeNumberCrashesTheReader() {
        let good = GGUFWriter.tinyModel().bytes()
        let patterns: [[UInt8]] = [
            [0, 0, 0, 0, 0, 0, 0, 0],
            [255, 255, 255, 255, 255, 255, 255, 255],
            [255, 255, 255, 255, 255, 255, 255, 127],
            [0, 0, 0, 0, 0, 0, 0, 128],
            [0, 0, 0, 0, 1, 0, 0, 0],
        ]
        var refused = 0
        for pattern in patterns {
            for index in 0..<good.count - 3 * 1024 {
                var bytes = good
                bytes.replaceSubrange(index..<index + 8, with: pattern)
                refused += isAccepted(bytes) ? 0 : 1
            }
        }
        #expect(refused > 1000)
    }

    private func isAccepted(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            guard let file = try? GGUFFile(buffer) else { return false }
            guard let tokenizer = try? Tokenizer(file) else { return false }
            return (try? tokenizer.encode("he said 12 <|end|>", recognisesSpecials: true)) != nil
        }
    }
}
