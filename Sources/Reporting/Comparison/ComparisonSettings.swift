/// How two sides are compared.
package struct ComparisonSettings: Equatable, Sendable {
    /// The noise floor as a share of speed: less is no difference, however sure.
    package var threshold: Double
    /// Of the bootstrap of each interval; no decision depends on it.
    package var resamples: Int
    /// Whether different models may be compared.
    package var allowsAnyModel: Bool

    package init(
        threshold: Double = 0.02, resamples: Int = 10_000, allowsAnyModel: Bool = false
    ) {
        self.threshold = threshold
        self.resamples = resamples
        self.allowsAnyModel = allowsAnyModel
    }
}
