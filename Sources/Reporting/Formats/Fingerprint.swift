import Basics

/// A mark of a text: equal texts have equal marks (FNV-1a over its bytes).
package func fingerprint(_ text: String) -> UInt64 { FNV1a(text.utf8).value }

/// The 16 digits of a 64-bit number: JSON numbers lose what is beyond 53 bits in many readers.
package func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
