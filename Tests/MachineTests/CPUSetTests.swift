import Machine
import Testing

@Suite struct CPUSetTests {
    @Test(arguments: [
        ("0", [0]), ("0-3,8", [0, 1, 2, 3, 8]), ("8,0-3", [0, 1, 2, 3, 8]), ("1,1,0-1", [0, 1]),
        ("5-5", [5]), ("4095", [4095]),
    ])
    func readsIdsAndRanges(text: String, ids: [Int]) throws {
        #expect(try CPUSet(parsing: text).ids == ids)
    }

    @Test(
        arguments: [
            ([], ""), ([7], "7"), ([0, 1], "0-1"), ([8, 3, 2, 1, 0], "0-3,8"),
            ([0, 2, 4], "0,2,4"),
        ] as [([Int], String)])
    func writesConsecutiveIdsAsRanges(ids: [Int], text: String) {
        #expect(CPUSet(ids).description == text)
    }

    @Test(arguments: [
        "", "3-1", "a", "-1", "1,-2", "4096", "0-4096", "99999999999999999999", "0,", ",0", "1-2-3",
        "1-", " 1", "+1", "0x1", "1,,2", "\u{661}",
    ])
    func refusesWhatIsNoList(text: String) {
        let error = #expect(throws: MachineError.self) { try CPUSet(parsing: text) }
        #expect(error?.description.contains("CPU list '\(text)'") == true)
    }

    @Test func setOperationsKeepIdsInOrder() throws {
        let set = try CPUSet(parsing: "0-4")
        let other = try CPUSet(parsing: "3-9")
        #expect(set.intersection(other).ids == [3, 4])
        #expect(set.subtracting(other).ids == [0, 1, 2])
        #expect(!set.isSubset(of: other))
        #expect(try CPUSet(parsing: "1,3").isSubset(of: set))
    }
}
