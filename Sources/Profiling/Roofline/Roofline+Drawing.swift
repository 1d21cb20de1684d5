package import Charts
internal import Measurement

extension Roofline {
    /// Operators as points under the roof, on logarithmic axes.
    package var plot: Plot {
        let intensities = points.map(\.intensity) + [ridge]
        let rates = points.map { $0.operationsPerSecond / 1e9 }
        let peak = roof.operationsPerSecond / 1e9
        let x = Scale.logarithmic(covering: intensities.flatMap { [$0 / 2, $0 * 2] })
        // The roof where it begins is often lower than every point, and need not be seen there.
        let y = Scale.logarithmic(covering: rates.map { $0 / 2 } + [peak, peak * 1.5])
        var plot = Plot(
            title: "Operators under the measured roof",
            x: PlotAxis("FLOP per byte", x),
            y: PlotAxis("GFLOP/s", y),
            series: [roofSeries(x)] + Phase.allCases.enumerated().map { series($1, index: $0) })
        plot.width = 640
        plot.height = 400
        plot.summary =
            "Roof: \(NumberText.threeDigits(roof.readBytesPerSecond / 1e9)) GB/s and "
            + "\(NumberText.threeDigits(peak)) GFLOP/s"
        return plot
    }

    /// Bandwidth up to the ridge, the peak from there on.
    private func roofSeries(_ x: Scale) -> Series {
        let peak = roof.operationsPerSecond / 1e9
        let bandwidth = roof.readBytesPerSecond / 1e9
        let label =
            "roof: \(NumberText.threeDigits(bandwidth)) GB/s, \(NumberText.threeDigits(peak)) GFLOP/s"
        return Series(
            label,
            points: [
                Datum(x.low, x.low * bandwidth), Datum(ridge, peak),
                Datum(max(ridge, x.high), peak),
            ],
            colour: .limit, marker: nil)
    }

    private func series(_ phase: Phase, index: Int) -> Series {
        let data = points.filter { $0.phase == phase }.map { point in
            let percent = point.operationsPerSecond / point.ceiling(roof) * 100
            return Datum(
                point.intensity, point.operationsPerSecond / 1e9, label: point.name,
                tip: "\(phase.rawValue) › \(point.name): "
                    + "\(NumberText.threeDigits(point.operationsPerSecond / 1e9)) GFLOP/s at "
                    + "\(NumberText.threeDigits(point.intensity)) FLOP per byte, "
                    + "\(NumberText.threeDigits(percent)) % of the roof (\(point.limit(roof)))")
        }
        return Series(
            phase.rawValue, points: data, colour: .series(index), line: .none,
            marker: .series(index))
    }
}
