import Machine
import RecordedMachines
import Testing

@Suite struct MemoryPolicyTests {
    @Test(
        arguments: [
            ("local", .local), ("interleave", .interleave), ("bind:0", .bind([0])),
            ("replicate", .replicate),
            ("bind:0-1,3", .bind([0, 1, 3])),
        ] as [(String, MemoryPolicy)])
    func readsEachForm(text: String, policy: MemoryPolicy) throws {
        #expect(try MemoryPolicy(parsing: text) == policy)
    }

    @Test(arguments: ["local", "interleave", "replicate", "bind:0", "bind:0,1"])
    func writesWhatItReads(text: String) throws {
        #expect(try MemoryPolicy(parsing: text).description == text)
    }

    @Test(arguments: ["", "Local", "bind", "bind:", "bind:x", "bind:-1", "bind:1-0", "preferred:0"])
    func refusesAnythingElse(text: String) {
        #expect(throws: MachineError.invalidMemoryPolicy(text: text)) {
            try MemoryPolicy(parsing: text)
        }
    }

    @Test func bindToAnUnknownNodeIsRefusedByName() throws {
        let machine = try RecordedMachine("two-sockets")
        let topology = try Topology.read(root: machine.root)
        try MemoryPolicy.bind([0, 1]).validate(for: topology)
        let error = #expect(throws: MachineError.self) {
            try MemoryPolicy.bind([1, 99]).validate(for: topology)
        }
        #expect(error == .unknownNodes(asked: [99], known: [0, 1]))
        #expect(error?.description.contains("node 99") == true)
    }

    @Test func bindToANodeWithoutMemoryIsRefused() throws {
        let machine = try RecordedMachine("offline")
        let topology = try Topology.read(root: machine.root)
        #expect(throws: MachineError.unknownNodes(asked: [1], known: [0])) {
            try MemoryPolicy.bind([1]).validate(for: topology)
        }
    }

    @Test func bindToNoNodeIsRefused() throws {
        let machine = try RecordedMachine("two-sockets")
        let topology = try Topology.read(root: machine.root)
        #expect(throws: MachineError.invalidMemoryPolicy(text: "bind:")) {
            try MemoryPolicy.bind([]).validate(for: topology)
        }
    }
}
