/// How two sides are compared.
package struct ComparisonSettings: Equatable, Sendable {
    /// The noise floor as a share of speed: less is no difference, however sure.
    ///
    /// Of 0.02, speeds from 1 / 1.02 to 1.02 are the same.
    package var threshold: Double
    /// Of the bootstrap of each interval.
    package var resamples: Int
    /// Whether different models may be compared.
    package var allowsAnyModel: Bool
    /// Whether B may lack cells of A.
    package var allowsMissing: Bool

    package init(
        threshold: Double = 0.02, resamples: Int = 10_000, allowsAnyModel: Bool = false,
        allowsMissing: Bool = false
    ) {
        self.threshold = threshold
        self.resamples = resamples
        self.allowsAnyModel = allowsAnyModel
        self.allowsMissing = allowsMissing
    }
}
