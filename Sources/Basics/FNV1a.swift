/// A mark of bytes, 64 bits: equal bytes have equal marks, on every machine.
///
/// It guards against accidents, not against an adversary. Source: Fowler, Noll and Vo, FNV-1a.
public struct FNV1a: Sendable {
    /// The mark of no byte.
    @inlinable public static var offsetBasis: UInt64 { 0xCBF2_9CE4_8422_2325 }
    /// What a mark is multiplied by for each byte.
    @inlinable public static var prime: UInt64 { 0x0000_0100_0000_01B3 }

    @usableFromInline var state = FNV1a.offsetBasis

    /// The mark of all bytes so far.
    @inlinable public var value: UInt64 { state }

    /// Begins with no byte.
    public init() {}

    /// The mark of some bytes.
    @inlinable
    public init(_ bytes: some Sequence<UInt8>) {
        self.init()
        combine(bytes)
    }

    /// Adds bytes.
    @inlinable
    public mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* FNV1a.prime }
    }

    /// Adds the 8 bytes of a number, the lowest first.
    @inlinable
    public mutating func combine(_ number: UInt64) {
        withUnsafeBytes(of: number.littleEndian) { combine($0) }
    }
}
