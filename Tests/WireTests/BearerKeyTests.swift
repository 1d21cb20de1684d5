import Testing

@testable import Wire

@Suite struct BearerKeyTests {
    @Test func onlyTheKeyItselfIsAdmitted() throws {
        let key = try #require(BearerKey("sk-secret"))
        for shown in ["Bearer sk-secret", "bearer sk-secret", "BEARER   sk-secret"] {
            #expect(key.admits(shown), "\(shown)")
        }
        for shown in [
            nil, "", "Bearer", "Bearer ", "sk-secret", "Basic sk-secret", "Bearer sk-secre",
            "Bearer sk-secrets", "Bearer sk-secretsk-secret", "Bearer SK-SECRET",
            "Bearer sk-secreT",
            "Bearer sk-secret ",
        ] {
            #expect(!key.admits(shown), "\(shown ?? "nil")")
        }
    }

    @Test(arguments: ["", "two words", "line\nend", "schlüssel"])
    func keysThatNoHeaderCarriesAreNone(_ key: String) {
        #expect(BearerKey(key) == nil)
    }
}
