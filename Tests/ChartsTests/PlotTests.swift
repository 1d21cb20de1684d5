import Charts
import Testing

struct PlotTests {
    private let x = PlotAxis("x, s", .linear(from: 0, to: 10))
    private let y = PlotAxis("y, ms", .linear(from: 0, to: 100))

    private func plot(_ series: Series) -> String {
        Plot(title: "a <title>", x: x, y: y, series: [series]).drawing.inline.text
    }

    @Test func emptyPlotHasItsAxes() {
        let text = Plot(title: "t", x: x, y: y, series: []).drawing.inline.text
        #expect(text.contains(">x, s</text>"))
        #expect(text.contains(">y, ms</text>"))
        #expect(text.contains(">100</text>"))
        #expect(!text.contains("class=\"line"))
    }

    /// The frame begins at 31 (three digits and their room), is 361 wide and 198 high.
    @Test func lineRunsFromPlaceToPlace() {
        let text = plot(Series("", points: [Datum(0, 0), Datum(10, 100)], marker: nil))
        #expect(text.contains("<path d=\"M0 198L361 0\" class=\"line s1\"></path>"))
    }

    @Test func stepsStayLevelUntilTheNextPoint() {
        let series = Series("", points: [Datum(0, 0), Datum(10, 100)], line: .steps, marker: nil)
        #expect(plot(series).contains("d=\"M0 198L361 198L361 0\""))
    }

    @Test(arguments: [
        (Series.Line.dashed, "line dashed s1"), (.dotted, "line dotted s1"),
        (.dashDotted, "line dash-dotted s1"),
    ])
    func dashesAreThoseOfTheLegend(line: Series.Line, name: String) {
        let text = plot(Series("s", points: [Datum(0, 0), Datum(10, 100)], line: line))
        #expect(text.components(of: "class=\"\(name)\"") == 2)
        #expect(Drawing.style.contains(".chart .\(name.split(separator: " ")[1])"))
    }

    @Test func aDrawingSaysWhereItsNumbersAre() {
        let drawing = Plot(title: "t", x: x, y: y, series: []).drawing
        #expect(drawing.inline(details: "<i>").text.contains(" aria-details=\"&lt;i&gt;\">"))
        #expect(!drawing.inline.text.contains("aria-details"))
    }

    @Test func bandIsClosedAndWhiskersAreLines() {
        let points = [Datum(0, 50, range: 40...60), Datum(10, 50, range: 30...70)]
        let band = plot(Series("", points: points, marker: nil))
        #expect(band.contains("d=\"M0 79.2L361 59.4L361 138.6L0 118.8z\" class=\"area s1\""))
        let whiskers = plot(Series("", points: points, line: .none, spread: .whiskers))
        #expect(!whiskers.contains("area"))
        #expect(whiskers.contains("y1=\"142.8\" x2=\"31\" y2=\"103.2\" class=\"line thin s1\""))
    }

    @Test func pointOutsideAndNumberThatIsNoneAreLeftOut() {
        let series = Series(
            "", points: [Datum(5, 50), Datum(11, 50), Datum(5, .nan)], line: .none)
        #expect(plot(series).components(of: "class=\"mark") == 1)
    }

    @Test func pointBelowALogarithmicAxisIsLeftOut() {
        let log = PlotAxis("l", .logarithmic(from: 1, to: 100))
        let text = Plot(
            title: "t", x: x, y: log, series: [Series("", points: [Datum(1, 0), Datum(2, 10)])]
        ).drawing.inline.text
        #expect(text.components(of: "class=\"mark") == 1)
    }

    @Test func labelsOfPointsAtOnePlaceDoNotCoverEachOther() {
        let points = (0..<4).map { Datum(5, 50, label: "label \($0)") }
        let places = plot(Series("", points: points, line: .none)).split(separator: "\n")
            .filter { $0.contains("halo") }.map { $0.split(separator: ">")[0] }
        #expect(places.count == 4)
        #expect(Set(places).count == 4)
    }

    @Test func labelWithoutRoomIsLeftOut() {
        let long = String(repeating: "w", count: 200)
        let series = Series("", points: [Datum(5, 50, label: long)], line: .none)
        #expect(!plot(series).contains(long))
    }

    @Test func legendNamesEverySeriesThatHasALabel() {
        let series = [
            Series("one <1>", points: []), Series("", points: []),
            Series("two", points: [], colour: .series(1), line: .dashed, marker: nil),
        ]
        let text = Plot(title: "t", x: x, y: y, series: series).drawing.inline.text
        #expect(text.contains(">one &lt;1&gt;</text>"))
        #expect(text.contains("class=\"line dashed s2\""))
    }

    @Test func longLegendTakesRowsAndMakesThePlotHigher() {
        let series = (0..<6).map { Series("a rather long label \($0)", points: []) }
        let plain = Plot(title: "t", x: x, y: y, series: []).drawing
        let legend = Plot(title: "t", x: x, y: y, series: series).drawing
        // Two of about 150 units side by side in 400.
        #expect(legend.height == plain.height + 3 * 16 + 6)
    }

    @Test func ruleOutsideTheAxisIsLeftOut() {
        var plot = Plot(title: "t", x: x, y: y, series: [])
        plot.rules = [
            Rule(.horizontal, at: 50, label: "limit"), Rule(.horizontal, at: 500, label: "beyond"),
            Rule(.vertical, at: 5, label: "here"),
        ]
        let text = plot.drawing.inline.text
        #expect(text.contains(">limit</text>"))
        #expect(text.contains(">here</text>"))
        #expect(!text.contains(">beyond</text>"))
    }

    @Test func textsAreEscapedWhereverTheyStand() {
        let evil = "<i>\"&"
        var plot = Plot(
            title: evil, x: PlotAxis(evil, x.scale), y: PlotAxis(evil, y.scale),
            series: [Series(evil, points: [Datum(5, 50, label: evil, tip: evil)])])
        plot.summary = evil
        plot.rules = [Rule(.horizontal, at: 5, label: evil)]
        #expect(!plot.drawing.document.contains("<i>"))
        #expect(plot.drawing.inline.text.contains("<title>&lt;i&gt;&quot;&amp;</title>"))
    }

    @Test func documentStandsAlone() {
        let text = Plot(title: "t", x: x, y: y, series: []).drawing.document
        #expect(text.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
        #expect(text.contains("--series-1"))
        #expect(text.contains("prefers-color-scheme: dark"))
        // What no XML parser would take within <style>.
        #expect(!Drawing.style.contains("<") && !Drawing.style.contains("&"))
    }
}

extension String {
    /// How often a part occurs.
    func components(of part: String) -> Int { split(separator: part).count - 1 }
}
