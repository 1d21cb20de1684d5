import Testing

@testable import tokenmark

/// What a word that is no command may stand for.
@Suite struct UnknownCommandTests {
    private func unknown(_ line: String) -> UnknownCommand? {
        UnknownCommand(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: [
        ("swep --model x", ["sweep"]), ("reprot x", ["report"]), ("doctro", ["doctor"]),
        ("benchmark", []), ("rum", ["run"]), ("chta", ["chat"]), ("hist", ["history"]),
        ("history prnue", ["prune"]), ("history ex", ["export"]), ("wörker", []),
    ])
    func theNearestAreNamed(_ line: String, _ names: [String]) {
        #expect(unknown(line)?.nearest == names)
    }

    @Test func commandsAndOptionsAreLeftAlone() {
        for line in [
            "", "sweep", "sweep swep", "--help", "--version", "help", "help swep", "history",
            "history list x", "report swep", "-h",
        ] {
            #expect(unknown(line) == nil, "\(line)")
        }
    }

    @Test func theMessageIsOneLine() throws {
        #expect(
            unknown("history lits")?.description
                == "unknown command \"history lits\"; did you mean history list?")
        let long = UnknownCommand([String(repeating: "\n", count: 100_000)])
        let text = try #require(long?.description)
        #expect(!text.contains("\n") && text.count < 100)
        #expect(text.hasSuffix("; see tokenmark --help"))
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("swep", "sweep", 1),
        ("list", "lits", 2), ("日本", "日木", 1),
    ])
    func distanceCountsLetters(_ a: String, _ b: String, _ count: Int) {
        #expect(UnknownCommand.distance(a, b) == count)
    }

    @Test func severalAtOneDistanceAreAllNamed() {
        #expect(UnknownCommand.nearest(to: "cat", among: ["cut", "dog", "bat"]) == ["cut", "bat"])
    }
}
