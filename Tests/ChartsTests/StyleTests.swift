import Charts
import Glibc
import Testing

/// The colours of the style sheet, held against WCAG 2.2: 4.5 for text (1.4.3), 3 for lines and
/// points (1.4.11).
struct StyleTests {
    enum Theme: CaseIterable {
        case light
        case dark
    }

    private func colours(_ theme: Theme) throws -> [String: String] {
        let halves = Drawing.style.split(separator: "prefers-color-scheme: dark")
        try #require(halves.count == 2)
        var colours: [String: String] = [:]
        for declaration in halves[theme == .light ? 0 : 1].split(whereSeparator: {
            "{};\n".contains($0)
        }) {
            let parts = declaration.split(separator: ":").map { $0.drop { $0 == " " } }
            guard parts.count == 2, parts[0].hasPrefix("--"), parts[1].hasPrefix("#") else {
                continue
            }
            colours[String(parts[0].dropFirst(2))] = String(parts[1].dropFirst())
        }
        return colours
    }

    /// Relative luminance of sRGB, WCAG 2.2.
    private func luminance(_ hexadecimal: String) throws -> Double {
        let value = try #require(Int(hexadecimal, radix: 16))
        let channels = [16, 8, 0].map { shift -> Double in
            let share = Double(value >> shift & 0xFF) / 255
            return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    }

    private func contrast(
        _ colours: [String: String], _ one: String, _ other: String
    ) throws -> Double {
        let lights = [
            try luminance(try #require(colours[one])), try luminance(try #require(colours[other])),
        ].sorted()
        return (lights[1] + 0.05) / (lights[0] + 0.05)
    }

    @Test(arguments: Theme.allCases) func textCanBeRead(theme: Theme) throws {
        let colours = try colours(theme)
        for ink in ["ink", "ink-soft", "limit"] {
            #expect(try contrast(colours, ink, "page") >= 4.5, "\(ink)")
        }
        for level in 1...7 {
            let ink = level <= 4 ? "heat-ink-low" : "heat-ink-high"
            #expect(try contrast(colours, ink, "heat-\(level)") >= 4.5, "level \(level)")
        }
    }

    @Test(arguments: Theme.allCases) func dataCanBeSeen(theme: Theme) throws {
        let colours = try colours(theme)
        for name in (1...6).map({ "series-\($0)" }) + ["frame"] {
            #expect(try contrast(colours, name, "page") >= 3, "\(name)")
        }
    }

    @Test(arguments: Theme.allCases) func heatGrowsInOneDirection(theme: Theme) throws {
        let colours = try colours(theme)
        let lights = try (1...7).map { try luminance(try #require(colours["heat-\($0)"])) }
        #expect(lights == (theme == .light ? lights.sorted(by: >) : lights.sorted()))
    }
}
