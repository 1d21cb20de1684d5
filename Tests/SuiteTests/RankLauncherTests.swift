import Foundation
import Isolation
import Machine
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
                == ParentProcess.ownName)
        #expect(command.pointTimeout == 7 && command.memoryLimit == 1 << 30)
        let told = try JSONDecoder().decode(
            CoreSettings.self, from: Data(try #require(command.arguments.last).utf8))
        #expect(told == asked)
    }

    /// The first hosts get one rank more, and what no rank is left for is not named.
    @Test(arguments: [(3, "a:2,b:1"), (4, "a:2,b:2"), (2, "a:1,b:1")])
    func ranksAreSpreadOverHosts(ranks: Int, text: String) throws {
        for line in [nil, "mpirun -n {ranks} --host {hosts}"] {
            let command = try RankLauncher(
                line, hosts: ["a", "b"],
                environment: ["PATH": "/bin", "TOKENMARK_RANK": "/bin/true"]
            ).options(ranks: ranks)
            #expect(command == ["-n", "\(ranks)", "--host", text])
        }
        #expect(RankHosts.text(of: ["a", "b", "c"], ranks: 2) == "a:1,b:1")
    }

    @Test(arguments: [
        ("a,,b", "--hosts '' is no name"), ("a,-b", "--hosts '-b' is no name"),
        ("a:2", "--hosts 'a:2' is no name"), ("a, b", "--hosts ' b' is no name"),
        ("ä", "--hosts 'ä' is no name"), ("a,b,a", "--hosts names a twice"),
    ])
    func whatIsNoHostIsSaid(text: String, message: String) throws {
        let error = #expect(throws: UsageError.self) { try RankHosts(parsing: text) }
        #expect("\(try #require(error))".contains(message))
        #expect(try RankHosts(parsing: "node-1.local,10.0.0.2").names.count == 2)
    }

    @Test(
        arguments: [
            ("sh {ranks}", ["a"], "does not say where the hosts go"),
            ("sh {ranks} {hosts}", nil, "--launcher asks for {hosts}, and there are none"),
        ] as [(String, [String]?, String)])
    func aLauncherNamesHostsWhereThereAreSome(
        line: String, hosts: [String]?, message: String
    ) throws {
        let error = #expect(throws: UsageError.self) { try RankLauncher(line, hosts: hosts) }
        #expect("\(try #require(error))".contains(message))
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
