import Reporting
import Testing

@Suite struct SnakeCaseTests {
    private struct Facts: Encodable {
        var weightsBytes = 1
        var allowedCPUs = 2
        var cpuModel = 3
        var numaNodeIDs = 4
        var plain = 5
        var p99MS = 6
        var kvCacheBytes = 7
        var hasSMTSiblings = 8
    }

    @Test func namesOfPropertiesBecomeWordsWithUnderscores() throws {
        let value = try JSONValue(encoding: Facts())
        guard case .object(let fields) = value else {
            Issue.record("not an object")
            return
        }
        #expect(
            fields.keys.sorted() == [
                "allowed_cpus", "cpu_model", "has_smt_siblings", "kv_cache_bytes",
                "numa_node_ids", "p99_ms", "plain", "weights_bytes",
            ])
    }
}
