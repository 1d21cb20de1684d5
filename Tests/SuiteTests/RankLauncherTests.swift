import Foundation
import Isolation
import Testing

@testable import Suite

/// How ranks are started, as far as that needs no MPI.
@Suite struct RankLauncherTests {
    private func settings(launcher: String?, ranks: Int = 3) -> CoreSettings {
        var settings = CoreSettings(model: "qwen1.5-0.5b")
        settings.machine.ranks = ranks
        settings.launcher = launcher
        return settings
    }

    /// `/bin/sh` stands for the launcher, and this program for a rank.
    @Test func theLauncherGetsTheProgramAndTheSettings() throws {
        let asked = settings(launcher: nil)
        let command = try RankLauncher(
            "sh --np {ranks} --verbose",
            environment: [
                "PATH": "/no/such/folder:/bin", "TOKENMARK_RANK": "/bin/true",
                "OMPI_MCA_rmaps_base_oversubscribe": "0",
            ]
        ).command(asked, ranks: 3, pointTimeout: 7, memoryLimit: 1 << 30)
        #expect(command.isLauncher)
        #expect(command.program == "/bin/sh")
        #expect(command.arguments.dropLast() == ["--np", "3", "--verbose", "/bin/true"])
        #expect(command.environment["OMPI_MCA_hwloc_base_binding_policy"] == "none")
        // The user has said otherwise.
        #expect(command.environment["OMPI_MCA_rmaps_base_oversubscribe"] == nil)
        #expect(
            command.environment["TOKENMARK_PARENT"]
                == "\(ProcessInfo.processInfo.processIdentifier)")
        #expect(command.pointTimeout == 7 && command.memoryLimit == 1 << 30)
        let told = try JSONDecoder().decode(
            CoreSettings.self, from: Data(try #require(command.arguments.last).utf8))
        #expect(told == asked)
    }

    @Test func oneRankIsAWorker() throws {
        let command = try settings(launcher: "no-such-program", ranks: 1).command()
        #expect(!command.isLauncher)
        #expect(command.arguments.first == "worker")
    }

    @Test func aProgramThatIsNotThereIsSaid() throws {
        let launcher = try RankLauncher(
            nil, environment: ["PATH": "/no/such", "TOKENMARK_RANK": "/no/such/program"])
        let named = try RankLauncher(
            "/bin/sh {ranks}", environment: ["TOKENMARK_RANK": "/no/such/program"])
        for (launcher, what) in [(launcher, "there is no mpirun"), (named, "there is no /no/such")]
        {
            let error = #expect(throws: UsageError.self) {
                try launcher.command(settings(launcher: nil), ranks: 3)
            }
            #expect("\(try #require(error))".contains(what))
        }
    }

    @Test(arguments: [
        ("no-such-launcher -n {ranks}", "there is no no-such-launcher to start ranks with"),
        ("sh -n 2", "does not say where the number of ranks goes"),
        (" ", "--launcher is empty"),
    ])
    func whatCannotStartIsSaid(launcher: String, message: String) throws {
        let error = #expect(throws: UsageError.self) {
            try settings(launcher: launcher).command()
        }
        #expect("\(try #require(error))".contains(message))
    }
}
