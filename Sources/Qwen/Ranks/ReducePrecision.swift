/// How sums of the residual stream travel between hosts; they are added up in f32.
package enum ReducePrecision: String, CaseIterable, Codable, Sendable {
    case f32
    /// Half the bytes, each number rounded to 8 bits of significand.
    case bf16

    /// Bytes of a number.
    package var byteCount: Int { self == .f32 ? 4 : 2 }

    /// As many numbers as a panel has channels: everything here is whole lanes of them.
    typealias Lanes = SIMD16<Float>

    /// Writes lanes as they travel; rounded to nearest even, and a NaN stays one.
    @inline(__always)
    func write(_ lanes: Lanes, to place: UnsafeMutableRawPointer) {
        switch self {
        case .f32: place.storeBytes(of: lanes, as: Lanes.self)
        case .bf16:
            let bits = unsafeBitCast(lanes, to: SIMD16<UInt32>.self)
            let odd = (bits &>> 16) & 1
            let rounded = (bits &+ (odd &+ 0x7fff)) &>> 16
            let kept = rounded.replacing(with: 0x7fc0, where: lanes .!= lanes)
            place.storeBytes(
                of: SIMD16<UInt16>(truncatingIfNeeded: kept), as: SIMD16<UInt16>.self)
        }
    }

    @inline(__always)
    func read(from place: UnsafeRawPointer) -> Lanes {
        switch self {
        case .f32: return place.loadUnaligned(as: Lanes.self)
        case .bf16:
            let half = place.loadUnaligned(as: SIMD16<UInt16>.self)
            return unsafeBitCast(
                SIMD16<UInt32>(truncatingIfNeeded: half) &<< 16, to: Lanes.self)
        }
    }
}
