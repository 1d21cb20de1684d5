package import Basics
import Charts
import Reporting

/// Series as a drawing: the metric over the days, a line for each.
package struct SeriesChart {
    private let plot: Plot

    /// - Parameter metric: The column that the values are from.
    package init(_ series: [Series], metric: String, in language: Language = .en) {
        let times = series.flatMap(\.values).map { Double($0.startedAt.seconds) }
        let values = series.flatMap(\.values).map(\.value)
        let subjects = Set(series.map(\.subject))
        var plot = Plot(
            title: subjects.count == 1
                ? series.first?.subject.heading(metric, in: language) ?? "" : metric,
            x: Self.days(times, in: language), y: PlotAxis(metric, .linear(covering: values)),
            series: series.enumerated().map { index, series in
                Charts.Series(
                    subjects.count == 1
                        ? visible(series.point)
                        : visible(series.point) + language.comma
                            + series.subject.title(in: language),
                    points: series.values.map {
                        Datum(
                            Double($0.startedAt.seconds), $0.value,
                            tip: [
                                $0.startedAt.iso8601,
                                language(en: "run", zh: "运行") + " \($0.run.prefix(8))",
                            ].joined(separator: language.comma) + language.colon
                                + fourDigits($0.value))
                    },
                    colour: .series(index))
            })
        plot.width = 640
        plot.height = 320
        self.plot = plot
    }

    /// A file of its own.
    package var svg: String { drawing.document }

    /// A part of a page.
    var drawing: Drawing { plot.drawing }

    /// An axis of moments in seconds since 1970, a tick at the first of each of at most six days.
    private static func days(_ times: [Double], in language: Language) -> PlotAxis {
        let day = 86_400.0
        let first = times.min() ?? 0
        let last = times.max() ?? 0
        // Room on both sides, also where all are at one moment.
        let room = max((last - first) / 20, 60)
        let scale = Scale.linear(from: first - room, to: last + room)
        let days = Int(((last - first) / day).rounded(.down))
        let step = max(1, (days + 5) / 6)
        let midnights = stride(
            from: (first / day).rounded(.up) * day, through: last, by: Double(step) * day)
        // Runs of one day are told apart by their hours.
        let moments = days == 0 ? [first] + (last > first ? [last] : []) : Array(midnights)
        return PlotAxis(
            language(en: "began", zh: "开始时间"), scale,
            ticks: moments.map { moment in
                let text = Timestamp(seconds: Int(moment)).iso8601
                return Tick(
                    moment,
                    label: days == 0 ? "\(text.prefix(16).suffix(5)) UTC" : "\(text.prefix(10))")
            })
    }
}
