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
        + spread("response_time", unit: "s", known: true) { $0.statistics(of: \.responseTime) }
        + [
            Column("response_time_outliers") {
                Value($0.summary?.statistics(of: \.responseTime)?.outliers)
            }
        ]
        + spread("ttft", unit: "ms", known: true) { $0.statistics(of: \.ttft) }
        + spread("prefill", unit: "ms") { $0.statistics(of: \.prefill) }
        + [
            Column("forward_first", unit: "ms") { mean($0, \.forwardFirst) },
            Column("forward_next", unit: "ms") { mean($0, \.forwardNext) },
            Column("pre_next", unit: "ms") { mean($0, \.preNext) },
            Column("post_next", unit: "ms") { mean($0, \.postNext) },
        ]
        + spread("tpot", unit: "ms", known: true) { $0.statistics(of: \.tpot) }
        + spread("itl", unit: "ms") { $0.gaps }
        + [
            Column("itl_p999", unit: "ms") { Value($0.summary?.gaps?.supportedPercentile(99.9)) },
            Column("itl_outliers") { Value($0.summary?.gaps?.outliers) },
            Column("itl_slope", unit: "ms_per_1000_tokens") {
                Value($0.summary?.gapSlope.map { $0 * 1000 })
            },
            Column("prefill", unit: "tokens_per_s") { Value($0.summary?.prefillRate) },
            Column("decode", unit: "tokens_per_s") { Value($0.summary?.decodeRate) },
            Column("e2e", unit: "tokens_per_s") { Value($0.summary?.outputRate) },
        ]
        + spread("e2e_of_repetitions", unit: "tokens_per_s", known: true) {
            $0.statistics(of: \.outputRate)
        }
        + [
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
            Column("memory_nodes", unit: "bytes") { Value(nodes($0.nodeBytes)) },
            Column("energy", unit: "j") { Value($0.energy) },
            Column("energy", unit: "j_per_token") { Value($0.energyPerToken) },
            Column("page_faults_minor") { Value($0.conditions?.minorFaults) },
            Column("page_faults_major") { Value($0.conditions?.majorFaults) },
            Column("involuntary_switches") { Value($0.conditions?.involuntarySwitches) },
            Column("migrations") { Value($0.conditions?.migrations) },
            Column("run_delay", unit: "ms") {
                Value($0.conditions?.runDelayNanoseconds.map { Double($0) / 1e6 })
            },
            Column("steal", unit: "ms") {
                Value($0.conditions?.stealNanoseconds.map { Double($0) / 1e6 })
            },
            Column("drift") { Value($0.drift?.change) },
            Column("verdict") { Value($0.verdict?.rawValue) },
            Column("output_hash") { Value($0.outputHash.map(hexadecimal)) },
        ]
        + Parameter.settings.map { parameter in
            Column(parameter.column) { Value($0.point.setting[parameter]) }
        } + load

    /// What one metric says over the repetitions, or over all gaps; `known` adds the interval of the
    /// median, which has its coverage only where the values are independent.
    private static func spread(
        _ name: String, unit: String, known hasInterval: Bool = false,
        of statistics: @escaping @Sendable (Summary) -> Statistics?
    ) -> [Column<Row>] {
        func column(
            _ part: String, _ value: @escaping @Sendable (Statistics) -> Double?
        ) -> Column<Row> {
            Column("\(name)_\(part)", unit: unit) {
                Value($0.summary.flatMap(statistics).flatMap(value))
            }
        }
        func end(_ part: String, _ end: @escaping @Sendable (Interval) -> Double) -> Column<Row> {
            Column("\(name)_\(part)", unit: unit) { row in
                Value(row.summary.flatMap(statistics).flatMap(row.interval).map(end))
            }
        }
        let interval =
            hasInterval ? [end("ci95_low", \.low), end("ci95_high", \.high)] : []
        return [
            column("mean", \.mean), column("median", \.median), column("min", \.minimum),
            column("max", \.maximum), column("sd", \.standardDeviation),
            column("p90") { $0.supportedPercentile(90) },
            column("p95") { $0.supportedPercentile(95) },
            column("p99") { $0.supportedPercentile(99) },
        ] + interval + [
            Column("\(name)_n") { .integer($0.summary.flatMap(statistics)?.count ?? 0) }
        ]
    }

    /// Which region has how much on which node: `weights N0=4096 N1=8192; kv_cache N0=64`.
    private static func nodes(_ regions: [String: [String: Int]]?) -> String? {
        regions.map { regions in
            regions.sorted { $0.key < $1.key }.map { name, nodes in
                ([name] + nodes.sorted { $0.key < $1.key }.map { "N\($0)=\($1)" })
                    .joined(separator: " ")
            }.joined(separator: "; ")
        }
    }

    private static func mean(_ row: Row, _ metric: KeyPath<Sample, Double?>) -> Value {
        Value(row.summary?.statistics(of: metric)?.mean)
    }
}

extension Value {
    /// What a parameter is at a point; missing where it is not varied.
    fileprivate init(_ parameter: ParameterValue?) {
        self =
            switch parameter {
            case .count(let count): .integer(count)
            case .word(let word): .text(word)
            case .lengths(let lengths): .text(lengths.mark)
            case nil: .missing
            }
    }
}
