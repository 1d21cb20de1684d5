internal import Basics
internal import CKernels

/// A counter-based stream of random numbers: any element can be made alone, on any thread.
///
/// The definition, which the reference in `scripts/reference` shares, is SplitMix64's finaliser
/// over a counter, keyed by seed and name; 16 bits of each word make one number.
public struct RandomStream: Sendable {
    let key: UInt64

    /// - Parameters:
    ///   - seed: chosen by the user.
    ///   - name: what the numbers are for; other names give independent streams.
    public init(seed: UInt64, name: String) {
        key = SplitMix64.mixed(seed &+ FNV1a(name.utf8).value)
    }

    /// Fills one row of a matrix with numbers in `offset ± scale`.
    ///
    /// Every row starts at a new word, so rows are `(count + 3) / 4` words apart.
    public func fill(
        row: Int,
        scale: Float,
        offset: Float = 0,
        into values: UnsafeMutableBufferPointer<Float>
    ) {
        guard let base = values.baseAddress else { return }
        let wordsPerRow = (values.count + 3) / 4
        ck_random_row(key, UInt64(row * wordsPerRow), scale, offset, values.count, base)
    }
}
