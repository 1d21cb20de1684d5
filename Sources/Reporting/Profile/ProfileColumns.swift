internal import Basics
internal import Measurement
internal import Profiling

extension Column<ProfileLine> {
    /// The columns of `operators.csv`.
    static let profile: [Column<ProfileLine>] = [
        Column("phase") { .text($0.phase.rawValue) },
        Column("operator") { .text($0.name) },
        Column("layer") { Value($0.row?.layer) },
        Column("workforce") { Value($0.row?.workforce.rawValue) },
        Column("calls") { Value($0.row?.calls) },
        Column("total", unit: "ms") { .decimal($0.total / 1e6) },
        Column("share") { .decimal($0.share) },
        Column("barrier_wait", unit: "ms") { Value($0.row.map { $0.wait / 1e6 }) },
        Column("elapsed", unit: "ms") { Value($0.row.map { $0.elapsed / 1e6 }) },
        Column("elapsed_median", unit: "us") { Value($0.row.map { $0.median / 1e3 }) },
        Column("bytes") { Value($0.row?.cost?.bytes) },
        Column("operations") { Value($0.row?.cost?.operations) },
        Column("rate", unit: "gb_per_s") { Value($0.row?.bytesPerSecond.map { $0 / 1e9 }) },
        Column("rate", unit: "gflop_per_s") {
            Value($0.row?.operationsPerSecond.map { $0 / 1e9 })
        },
        Column("intensity", unit: "flop_per_byte") { Value($0.row?.intensity) },
        Column("mbu") { Value($0.row?.utilization?.mbu) },
        Column("mfu") { Value($0.row?.utilization?.mfu) },
        Column("roof_share") { Value($0.row?.roofShare) },
        Column("imbalance") { Value($0.row?.imbalance) },
        Column("busiest_thread") { Value($0.row?.busiestThread) },
    ]

    /// Those that a terminal shows, rounded.
    static func profileShown(
        withLayers: Bool, in language: Language
    ) -> [Column<ProfileLine>] {
        let layer = Column<ProfileLine>(header: language(en: "layer", zh: "层")) {
            Value($0.row?.layer)
        }
        return [Column<ProfileLine>(header: language(en: "operator", zh: "算子")) { .text($0.name) }]
            + (withLayers ? [layer] : [])
            + [
                Column(header: language(en: "calls", zh: "调用")) { Value($0.row?.calls) },
                Column(header: language(en: "total (ms)", zh: "合计 (ms)")) {
                    .text(fixed($0.total / 1e6, decimals: 3))
                },
                Column(header: language(en: "share (%)", zh: "占比 (%)")) {
                    .text(fixed($0.share * 100, decimals: 2))
                },
                Column(header: language(en: "median (us)", zh: "中位数 (us)")) {
                    shown($0.row.map { $0.median / 1e3 }, decimals: 1)
                },
                Column(header: "MB") { shown($0.row?.cost.map { $0.bytes / 1e6 }, decimals: 2) },
                Column(header: "GFLOP") {
                    shown($0.row?.cost.map { $0.operations / 1e9 }, decimals: 3)
                },
                Column(header: "GB/s") {
                    shown($0.row?.bytesPerSecond.map { $0 / 1e9 }, decimals: 2)
                },
                Column(header: "GFLOP/s") {
                    shown($0.row?.operationsPerSecond.map { $0 / 1e9 }, decimals: 1)
                },
                Column(header: language(en: "of roof (%)", zh: "占上限 (%)")) {
                    shown($0.row?.roofShare.map { $0 * 100 }, decimals: 1)
                },
                Column(header: "FLOP/B") { shown($0.row?.intensity, decimals: 2) },
                Column(header: language(en: "imbalance", zh: "不均衡")) {
                    shown($0.row?.imbalance, decimals: 2)
                },
                Column(header: language(en: "at barriers (ms)", zh: "屏障 (ms)")) {
                    shown($0.row.map { $0.wait / 1e6 }, decimals: 3)
                },
            ]
    }

    private static func shown(_ value: Double?, decimals: Int) -> Value {
        Value(value.map { fixed($0, decimals: decimals) })
    }
}
