import ForbiddenCalls
import Foundation
import Glibc
import TestSupport
import Testing

@testable import Reporting

/// Sweeps in a container that permits no pins and no memory policy.
@Suite struct ForbiddenPlacementTests {
    /// Runs the program from a thread to which the calls are forbidden, as they are to what it starts.
    private func run(_ arguments: [String]) async throws -> Program.Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        try #require(forbid_placement(EPERM) == 0)
                        return try Program.run(arguments)
                    })
            }
        }
    }

    private func sweep(_ more: [String]) async throws -> Report {
        let model = try TinyModelFile()
        let report = model.directory.path("report")
        let result = try await run(
            ["sweep", "--weights", model.path, "--pairs", "8x4", "--no-roof"] + more
                + ["--report-dir", report])
        #expect(result.status == 0, "\(result.error)")
        return try Report(path: report)
    }

    @Test(arguments: [[], ["--in-process"], ["--numa", "interleave"]])
    func isAWarningWhereNobodyNamedCPUs(_ more: [String]) async throws {
        let report = try await sweep(more)
        #expect(
            report.manifest.warnings.contains(
                "threads are left to the scheduler, as pins are not permitted here: "
                    + "Operation not permitted (errno 1)"))
        let choosesNodes = more.contains("--numa")
        #expect(
            report.manifest.warnings.contains(
                "memory lies as the kernel chose, as no policy is permitted here: mbind: "
                    + "Operation not permitted (errno 1)") == choosesNodes)
        #expect(report.rows.allSatisfy { $0.verdict != .invalid })
        #expect(
            report.manifest.sections["execution"]?["pins_refused"]?.brief
                == "Operation not permitted (errno 1)")
    }

    @Test func makesARowInvalidWhereCPUsWereNamed() async throws {
        let report = try await sweep(["--cpus", "0"])
        #expect(report.rows.map(\.verdict) == [.invalid])
    }
}
