import Documents
import Testing

@Suite struct IniFileTests {
    @Test func sectionsKeysAndCommentsAreReadAsConfigParserDoes() throws {
        let file = try IniFile(
            parsing: """
                ; a comment
                [model]
                model_path = ../model
                Device_IDs: 0,1
                # another
                [performance]
                case_pair = [[256,64],
                    [512,128]]
                empty =
                """)
        #expect(file.sections.map(\.name) == ["model", "performance"])
        #expect(file["model"]?.entries.map(\.key) == ["model_path", "device_ids"])
        #expect(file["model"]?.entries.map(\.value) == ["../model", "0,1"])
        #expect(file["performance"]?.entries[0].value == "[[256,64],\n[512,128]]")
        #expect(file["performance"]?.entries[1].value == "")
        #expect(file["performance"]?.entries[1].line == 9)
    }

    @Test func windowsLineEndsAndAByteOrderMarkAreNoPartOfTheText() throws {
        let file = try IniFile(parsing: "\u{FEFF}[model]\r\nmodel_path=a b\r\n")
        #expect(file["model"]?.entries.first?.value == "a b")
    }

    @Test(arguments: [
        ("key = 1", 1, "before any [section]"),
        ("[model", 1, "is not a section"),
        ("[]", 1, "is not a section"),
        ("[model]\nword", 2, "has no '='"),
        ("[model]\n= 3", 2, "has no key"),
        ("[model]\na=1\nA=2", 3, "stands already in line 2"),
        ("[model]\n[model]", 2, "stands already in line 1"),
    ])
    func whatCannotBeReadNamesItsLine(_ text: String, _ line: Int, _ problem: String) {
        let error = #expect(throws: IniError.self) { try IniFile(parsing: text) }
        #expect(error?.line == line)
        #expect(error?.problem.contains(problem) == true)
    }

    @Test func aFileThatIsNoConfigurationIsRefusedUnread() {
        #expect(throws: IniError.self) {
            try IniFile(parsing: String(repeating: "#", count: IniFile.maximumByteCount + 1))
        }
    }

    /// Every prefix and many mutations of a good file: an error or a result, never a crash.
    @Test func mutilatedFilesNeverCrash() throws {
        let good = Array(
            """
            [model]
            model_path = ../模型
            bind_cpu = 1
            [performance]
            batch_size = 1,2
            case_pair = [[256,64],[512,128]]
            """.utf8)
        var accepted = 0
        for length in 0...good.count {
            accepted += outcome(Array(good[..<length])) ? 1 : 0
        }
        for index in good.indices {
            for bit in 0..<8 {
                var bytes = good
                bytes[index] ^= 1 << bit
                accepted += outcome(bytes) ? 1 : 0
            }
        }
        #expect(accepted > 0)
    }

    private func outcome(_ bytes: [UInt8]) -> Bool {
        guard let file = try? IniFile(parsing: String(decoding: bytes, as: UTF8.self)) else {
            return false
        }
        return (try? DriverConfiguration(file)) != nil
    }
}
