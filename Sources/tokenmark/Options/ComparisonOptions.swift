internal import ArgumentParser
internal import Reporting

/// How two sides are compared, and how that is printed.
struct ComparisonOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The noise floor: a speed within 1/(1 + it) to 1 + it is no difference.",
            valueName: "percent"))
    var threshold = Percentage.noiseFloor

    @Flag(help: "Compares reports of different models.")
    var anyModel = false

    @Flag(help: "Lets B have fewer cells than A; those that failed in B still count.")
    var allowMissing = false

    @OptionGroup var formatOptions: FormatOptions

    /// Prints what changed from A to B.
    ///
    /// - Throws: `ExitStatus.regression` if a cell became slower or was lost, `.cannotTell` if nothing
    ///   could be told; `ReportingError`.
    func compare(_ a: ComparisonSide, _ b: ComparisonSide) throws {
        let choice = try formatOptions.choice(of: ReportDocument.comparisonTables)
        for warning in a.warnings + b.warnings { Terminal.error("warning: \(warning)\n") }
        let comparison = try Comparison(
            a, b,
            settings: ComparisonSettings(
                threshold: threshold.share, allowsAnyModel: anyModel, allowsMissing: allowMissing))
        try formatOptions.give(
            ReportDocument(comparison, in: formatOptions.language), as: choice)
        switch comparison.verdict {
        case .regression: throw ExitStatus.regression
        case .cannotTell: throw ExitStatus.cannotTell
        case .noRegression: break
        }
    }
}

extension Percentage {
    /// What a quiet machine's medians move from run to run.
    fileprivate static let noiseFloor = Percentage(share: 0.02)

    private init(share: Double) {
        self.share = share
    }
}
