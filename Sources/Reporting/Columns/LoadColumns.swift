import Measurement

extension Column<Row> {
    /// What requests say of themselves, and the load that they made: empty for a batch in lock step,
    /// whose sequences all have the times of their call.
    ///
    /// The definitions are those of `RequestSample` and `LoadSample`; figures are medians over the
    /// repetitions, percentiles over the requests of each.
    static let load: [Column<Row>] =
        [
            Column("requests") { Value($0.load?.requests.count) },
            Column("requests_broken") { Value($0.load?.broken.count) },
            Column("requests", unit: "per_s") { Value($0.load?.median(\.requestRate)) },
            Column("total", unit: "tokens_per_s") { Value($0.load?.median(\.totalRate)) },
            Column("concurrency_mean") { Value($0.load?.median(\.concurrency)) },
            Column("littles_law_ratio") { Value($0.load?.median(\.littleRatio)) },
            Column("tokens_per_event") { Value($0.load?.median(\.tokensPerEvent)) },
        ]
        + percentiles("lateness", \.lateness)
        + percentiles("request_ttft", \.ttft)
        + percentiles("request_ttft_from_sending", \.ttftFromSending)
        + percentiles("request_tpot", \.tpot)
        + percentiles("request_e2e", \.endToEnd)
        + percentiles("request_normalized_latency", \.normalizedLatency)

    private static func percentiles(
        _ name: String, _ metric: any KeyPath<RequestSample, Double?> & Sendable
    ) -> [Column<Row>] {
        [50.0, 90, 99].map { percent in
            Column("\(name)_p\(Int(percent))", unit: "ms") {
                Value($0.load?.percentile(percent, of: metric))
            }
        }
    }
}
