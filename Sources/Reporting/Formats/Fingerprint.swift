/// A mark of a text: equal texts have equal marks.
///
/// FNV-1a, 64 bits (Fowler, Noll and Vo), over its bytes.
package func fingerprint(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
}
