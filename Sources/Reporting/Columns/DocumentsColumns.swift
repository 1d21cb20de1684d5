package import Basics
import Measurement
import Sweep

extension Column<Row> {
    /// The eight columns of the documents' CSV, in their order and with their spelling.
    ///
    /// The row is the repetition whose response time is the median, so that its columns belong
    /// together. Source of names, rounding and precision: the performance test of the documents.
    package static let documents: [Column<Row>] = [
        Column(header: "batch_size") { .integer($0.point.batch) },
        Column(header: "input_seq_len(Encoding)") { .integer($0.point.inputLength) },
        Column(header: "output_seq_len(Decoding)") { .integer($0.point.outputLength) },
        Column(header: "ResponseTime(s)") {
            Value($0.representative.map { roundedSeconds($0.methodNanoseconds) })
        },
        Column(header: "forward_first_token_time(ms)") { single($0.representative?.forwardFirst) },
        Column(header: "forward_next_token_time(ms)") { single($0.representative?.forwardNext) },
        Column(header: "pre_next_token_time(ms)") { single($0.representative?.preNext) },
        Column(header: "post_next_token_time_post(ms)") { single($0.representative?.postNext) },
    ]

    /// The columns of the documents' published tables.
    ///
    /// The throughput takes the response time unrounded, where theirs takes two decimals.
    package static let published = published(in: .zh)

    /// The same under titles of another language.
    package static func published(in language: Language) -> [Column<Row>] {
        [
            Column(header: "batch_size") { .integer($0.point.batch) },
            Column(header: "input length") { .integer($0.point.inputLength) },
            Column(header: "output length") { .integer($0.point.outputLength) },
            Column(header: PublishedMetric.firstToken.title(in: language)) {
                single($0.representative?.forwardFirst)
            },
            Column(header: PublishedMetric.nextToken.title(in: language)) {
                single($0.representative?.forwardNext)
            },
            Column(header: PublishedMetric.throughput.title(in: language)) {
                Value($0.representative?.outputRate)
            },
        ]
    }
}

/// Seconds with two decimals, as the documents round them, from whole nanoseconds: no digit of
/// the rounding depends on how a fraction is stored.
private func roundedSeconds(_ nanoseconds: Double) -> Double {
    (nanoseconds / 1e7).rounded(.toNearestOrEven) / 100
}

/// A time that went through 32 bits, as theirs did: 35.63896179199219 is printed, not 35.638962.
private func single(_ milliseconds: Double?) -> Value {
    Value(milliseconds.map { Double(Float($0)) })
}
