import Reporting
import Sweep
import TestSupport

@testable import History

/// Reports on the disk whose every time is known, and histories beside them.
struct ScriptedReports {
    let directory = TemporaryDirectory()

    /// Measures b1-i8-o4 and b2-i8-o4 and writes the report; goes on with one that is there.
    ///
    /// - Parameters:
    ///   - forward: Nanoseconds of the forward pass of each step.
    ///   - startedAt: Seconds since 1970.
    ///   - calls: How many runs until it is interrupted; nil if it is not.
    ///   - failing: Whether b2-i8-o4 fails.
    @discardableResult
    func write(
        _ name: String, model: String = "tiny", precision: String = "f32",
        machine: String? = "00112233aabbccdd", forward: UInt64 = 1_000_000,
        startedAt: Int = 1_700_000_000, calls: Int? = nil, failing: Bool = false,
        labels: [String] = [], threads: Int? = nil
    ) throws -> String {
        let engine = ScriptedEngine { _, _ in .init(pre: 1000, forward: forward, post: 1000) }
        engine.identity.model = model
        engine.identity.precision = precision
        if failing { engine.faults = [.init("b2-i8-o4", .run(call: 0), .fail("out of pages"))] }
        let grid = Grid(batches: [1, 2], pairs: [LengthPair(8, 4)], repetitions: 6, warmup: 0)
        var manifest = Manifest(
            toolVersion: "0.1.0", commandLine: ["tokenmark", "sweep"],
            buildConfiguration: "release", engine: engine.identity, grid: grid,
            startedAt: Timestamp(seconds: startedAt),
            clockEpoch: ClockEpoch(
                monotonicNanoseconds: 5, unixNanoseconds: UInt64(startedAt) * 1_000_000_000))
        if let threads { manifest.fingerprint = Fingerprint([("threads", "\(threads)")]) }
        if !labels.isEmpty { manifest.labels = try Labels(labels) }
        if let machine { try manifest.set("machine", to: ["comparability_key": machine]) }
        let report = try ReportDirectory(resuming: directory.path(name), manifest: manifest)
        var left = calls ?? .max
        _ = try Runner(try grid.expand(), engine: engine, sink: report) {
            left -= 1
            return left < 0
        }.run(after: report.earlier)
        return report.path
    }

    /// The files of the report of that name.
    func files(_ name: String) throws -> ReportFiles {
        try ReportFiles(path: directory.path(name))
    }

    /// A history in the same directory.
    func history(_ name: String = "history.sqlite") throws -> HistoryDatabase {
        try HistoryDatabase(creating: directory.path(name))
    }
}
