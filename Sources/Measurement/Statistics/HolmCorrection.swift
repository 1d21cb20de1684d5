/// P-values of many tests, corrected so that all of them together raise one false alarm at most as
/// often as a single test would.
///
/// Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure, Scandinavian Journal of
/// Statistics 6 (1979).
public enum HolmCorrection {
    /// The corrected p-values, in the order of the given ones.
    ///
    /// The k-th smallest of m is multiplied by m − k + 1; none is less than a smaller one's or more
    /// than 1.
    public static func adjusted(_ pValues: [Double]) -> [Double] {
        var result = pValues
        var least = 0.0
        for (place, index) in pValues.indices.sorted(by: { pValues[$0] < pValues[$1] }).enumerated()
        {
            least = max(least, min(1, pValues[index] * Double(pValues.count - place)))
            result[index] = least
        }
        return result
    }
}
