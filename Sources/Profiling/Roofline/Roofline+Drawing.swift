package import Basics
package import Charts
internal import Measurement

extension Roofline {
    /// Operators as points under the roof, on logarithmic axes.
    package func plot(in language: Language = .en) -> Plot {
        let intensities = points.map(\.intensity) + [ridge]
        let rates = points.map { $0.operationsPerSecond / 1e9 }
        let peak = roof.operationsPerSecond / 1e9
        let x = Scale.logarithmic(covering: intensities.flatMap { [$0 / 2, $0 * 2] })
        // The roof where it begins is often lower than every point, and need not be seen there.
        let y = Scale.logarithmic(covering: rates.map { $0 / 2 } + [peak, peak * 1.5])
        var plot = Plot(
            title: language(en: "Operators under the measured roof", zh: "算子与实测上限"),
            x: PlotAxis(language(en: "FLOP per byte", zh: "FLOP/字节"), x),
            y: PlotAxis("GFLOP/s", y),
            series: [roofSeries(x, in: language)]
                + Phase.allCases.enumerated().map { series($1, index: $0, in: language) })
        plot.width = 640
        plot.height = 400
        let bandwidth = NumberText.threeDigits(roof.readBytesPerSecond / 1e9)
        let operations = NumberText.threeDigits(peak)
        plot.summary = language(
            en: "Roof: \(bandwidth) GB/s and \(operations) GFLOP/s",
            zh: "上限：\(bandwidth) GB/s 和 \(operations) GFLOP/s")
        return plot
    }

    /// Bandwidth up to the ridge, the peak from there on.
    private func roofSeries(_ x: Scale, in language: Language) -> Series {
        let peak = roof.operationsPerSecond / 1e9
        let bandwidth = roof.readBytesPerSecond / 1e9
        let label =
            language(en: "roof: ", zh: "上限：")
            + "\(NumberText.threeDigits(bandwidth)) GB/s, \(NumberText.threeDigits(peak)) GFLOP/s"
        return Series(
            label,
            points: [
                Datum(x.low, x.low * bandwidth), Datum(ridge, peak),
                Datum(max(ridge, x.high), peak),
            ],
            colour: .limit, marker: nil)
    }

    private func series(_ phase: Phase, index: Int, in language: Language) -> Series {
        let data = points.filter { $0.phase == phase }.map { point in
            let share = point.operationsPerSecond / point.ceiling(roof) * 100
            let percent = NumberText.threeDigits(share)
            let rate = NumberText.threeDigits(point.operationsPerSecond / 1e9)
            let intensity = NumberText.threeDigits(point.intensity)
            let limit = point.limit(roof)
            return Datum(
                point.intensity, point.operationsPerSecond / 1e9, label: point.name,
                tip: "\(phase.rawValue) › \(point.name)\(language.colon)"
                    + language(
                        en:
                            "\(rate) GFLOP/s at \(intensity) FLOP per byte, \(percent) % of the roof "
                            + "(\(limit))",
                        zh: "\(rate) GFLOP/s，\(intensity) FLOP/字节，上限的 \(percent) %（"
                            + (limit == .memory ? "内存" : "运算") + "）"))
        }
        return Series(
            phase.rawValue, points: data, colour: .series(index), line: .none,
            marker: .series(index))
    }
}
