internal import Measurement
internal import Qwen
internal import Suite
internal import Sweep

/// What `--dry-run` prints: the cells in the order they would run, and the memory each would take.
struct PlanText {
    let text: String

    /// - Throws: `UsageError` and `QwenError` for a model that cannot be used.
    init(_ plan: Plan, settings: CoreSettings) throws {
        let source = try settings.source()
        let configuration = source.configuration
        let grid = plan.grid
        var lines = [
            "\(configuration.name), \(source.precision.rawValue): \(plan.points.count) cells, "
                + "\(Self.measured(grid)) and \(grid.warmup) warm-up runs, "
                + "method \(grid.method.rawValue)"
        ]
        lines += plan.notes.map { "note: \($0)" }
        if grid.warmup > 0 {
            lines += plan.blocks.map { "warm-up: \(Plan.warmupPoint(of: $0).id)" }
        }
        for (index, point) in plan.points.enumerated() {
            let estimate = try MemoryEstimate(
                configuration, precision: source.precision,
                cache: settings.varied(by: point.setting).kvCache,
                batch: point.batch,
                capacity: point.inputLength + point.outputLength, workers: 1)
            let mebibytes = estimate.totalBytes >> 20
            lines.append(
                "\(index + 1). batch \(point.batch), \(point.inputLength) in, "
                    + "\(point.outputLength) out: \(mebibytes) MiB"
                    + (point.setting.id.map { " (\($0))" } ?? ""))
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    private static func measured(_ grid: Grid) -> String {
        guard let convergence = grid.convergence else { return "\(grid.repetitions) measured" }
        let fewest = grid.repetitions > 1 ? "\(grid.repetitions) or more " : ""
        return fewest + "measured to ±\(convergence.relativeHalfWidth * 100) % or for "
            + "\(convergence.maxSeconds) s"
    }
}
