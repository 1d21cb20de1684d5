import Measurement
import Sweep

extension Column<Row> {
    /// The columns of `summary.csv`: snake_case, the unit last, one row a point.
    ///
    /// Times are means over the repetitions where nothing else is said; rates are ratios of sums;
    /// gaps are pooled. The definitions are those of `Sample`.
    package static let summary: [Column<Row>] =
        [
            Column("id") { .text($0.point.id) },
            Column("batch") { .integer($0.point.batch) },
            Column("input_tokens") { .integer($0.point.inputLength) },
            Column("output_tokens") { .integer($0.point.outputLength) },
            Column("status") { .text($0.status.rawValue) },
            Column("reason") { Value($0.reason) },
            Column("perf_mode") { .text($0.method.rawValue) },
            Column("repetitions") { .integer($0.summary?.count ?? 0) },
        ]
        + spread("response_time", unit: "s") { $0.statistics(of: \.responseTime) }
        + spread("ttft", unit: "ms") { $0.statistics(of: \.ttft) }
        + [
            Column("prefill", unit: "ms") { mean($0, \.prefill) },
            Column("forward_first", unit: "ms") { mean($0, \.forwardFirst) },
            Column("forward_next", unit: "ms") { mean($0, \.forwardNext) },
            Column("pre_next", unit: "ms") { mean($0, \.preNext) },
            Column("post_next", unit: "ms") { mean($0, \.postNext) },
        ]
        + spread("tpot", unit: "ms") { $0.statistics(of: \.tpot) }
        + [
            Column("itl_p50", unit: "ms") { Value($0.summary?.gaps?.percentile(50)) },
            Column("itl_p90", unit: "ms") { Value($0.summary?.gaps?.percentile(90)) },
            Column("itl_p99", unit: "ms") { Value($0.summary?.gaps?.supportedPercentile(99)) },
            Column("itl_max", unit: "ms") { Value($0.summary?.gaps?.maximum) },
            Column("prefill", unit: "tokens_per_s") { Value($0.summary?.prefillRate) },
            Column("decode", unit: "tokens_per_s") { Value($0.summary?.decodeRate) },
            Column("e2e", unit: "tokens_per_s") { Value($0.summary?.outputRate) },
            Column("prefill_mbu") { Value($0.prefillUtilization?.mbu) },
            Column("prefill_mfu") { Value($0.prefillUtilization?.mfu) },
            Column("decode_mbu") { Value($0.decodeUtilization?.mbu) },
            Column("decode_mfu") { Value($0.decodeUtilization?.mfu) },
            Column("roof_read", unit: "gb_per_s") {
                Value($0.roof.map { $0.readBytesPerSecond / 1e9 })
            },
            Column("roof_compute", unit: "gflop_per_s") {
                Value($0.roof.map { $0.operationsPerSecond / 1e9 })
            },
            Column("memory_weights", unit: "bytes") { Value($0.memoryEstimate?.weightsBytes) },
            Column("memory_kv_cache", unit: "bytes") { Value($0.memoryEstimate?.kvCacheBytes) },
            Column("memory_scratch", unit: "bytes") { Value($0.memoryEstimate?.scratchBytes) },
            Column("memory_peak", unit: "bytes") { Value($0.peakResidentBytes) },
            Column("page_faults_minor") { Value($0.minorFaults) },
            Column("page_faults_major") { Value($0.majorFaults) },
            Column("verdict") { Value($0.verdict?.rawValue) },
            Column("output_hash") { Value($0.outputHash.map(hexadecimal)) },
        ]

    /// Mean, median, least, most and sample standard deviation of one metric.
    private static func spread(
        _ name: String, unit: String, of statistics: @escaping @Sendable (Summary) -> Statistics?
    ) -> [Column<Row>] {
        [
            Column("\(name)_mean", unit: unit) { Value($0.summary.flatMap(statistics)?.mean) },
            Column("\(name)_median", unit: unit) { Value($0.summary.flatMap(statistics)?.median) },
            Column("\(name)_min", unit: unit) { Value($0.summary.flatMap(statistics)?.minimum) },
            Column("\(name)_max", unit: unit) { Value($0.summary.flatMap(statistics)?.maximum) },
            Column("\(name)_sd", unit: unit) {
                Value($0.summary.flatMap(statistics)?.standardDeviation)
            },
        ]
    }

    private static func mean(_ row: Row, _ metric: KeyPath<Sample, Double?>) -> Value {
        Value(row.summary?.statistics(of: metric)?.mean)
    }
}
