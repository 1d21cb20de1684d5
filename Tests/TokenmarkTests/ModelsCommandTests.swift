import Foundation
import Qwen
import Suite
import Sweep
import Testing

@testable import tokenmark

@Suite struct ModelsCommandTests {
    private func size(
        _ name: String, _ precision: Precision, gibibytes: Int,
        pair: LengthPair = LengthPair(512, 512), cache: CachePrecision? = nil
    ) throws -> ModelSize {
        try ModelSize(
            .preset(named: name), precision,
            ModelSize.Room(bytes: gibibytes << 30, workers: 2, pair: pair, cache: cache))
    }

    @Test(arguments: Precision.allCases)
    func theLargestBatchFitsAndTheNextDoesNot(_ precision: Precision) throws {
        let size = try size("qwen1.5-0.5b", precision, gibibytes: 8)
        func bytes(_ batch: Int, _ capacity: Int) throws -> Int {
            try Qwen.MemoryEstimate(
                size.model, precision: precision, batch: batch, capacity: capacity, workers: 2
            ).totalBytes
        }
        let batch = try #require(size.largestBatch)
        #expect(batch > 10)
        #expect(try bytes(batch, 1024) <= 8 << 30)
        #expect(try bytes(batch + 1, 1024) > 8 << 30)
        let longest = try #require(size.longestSequence)
        #expect(try bytes(1, longest) <= 8 << 30)
        #expect(try longest == 32768 || bytes(1, longest + 1) > 8 << 30)
        #expect(size.reason == nil)
    }

    @Test func kvBytesAreThePublishedOnes() throws {
        #expect(try size("qwen1.5-7b", .bf16, gibibytes: 1).kvBytesPerToken == 524_288)
        #expect(try size("qwen1.5-7b", .int4, gibibytes: 1).kvBytesPerToken == 524_288)
        #expect(try size("qwen1.5-7b", .f32, gibibytes: 1).kvBytesPerToken == 1_048_576)
        // int8: a byte for a number, and an f32 scale for each of 2 × 32 × 32 heads of 128.
        #expect(
            try size("qwen1.5-7b", .int8, gibibytes: 1, cache: .int8).kvBytesPerToken
                == 262_144 + 2 * 32 * 32 * 4)
    }

    @Test func whatDoesNotFitHasAReason() throws {
        let large = try size("qwen1.5-7b", .f32, gibibytes: 8)
        #expect(large.largestBatch == nil && large.longestSequence == nil)
        #expect(large.reason?.contains("\(8 << 30) are there") == true)
        let long = try size("qwen-14b", .int4, gibibytes: 64, pair: LengthPair(8192, 1))
        #expect(long.largestBatch == nil)
        #expect(long.longestSequence == 8192)
        #expect(long.reason == "8193 positions are more than the 8192 that the model can have")
    }

    @Test func everyPresetHasARowForEachPrecision() throws {
        let arguments = ["models", "--memory-limit", "4GiB", "--threads", "1"]
        let csv = try Program.run(arguments + ["--format", "csv"])
        #expect(csv.status == 0, "\(csv.error)")
        let lines = csv.output.split(separator: "\n")
        #expect(
            lines[0]
                == "model,parameters,precision,weights_bytes,kv_cache_per_token_bytes,input_length,"
                + "output_length,largest_batch,longest_sequence,reason")
        #expect(lines.count == 1 + 25 * 4)
        #expect(lines[1].hasPrefix("qwen1.5-0.5b,463987712,f32,"))
        #expect(lines[1].hasSuffix(","))

        let text = try Program.run(arguments).output.split(separator: "\n")
        #expect(text[0].hasPrefix("4.0 GiB of memory"))
        #expect(text.count == 3 + 25 * 4)
        #expect(Set(text.dropFirst().map(\.count)).count == 1, "it is aligned")

        let json = try Program.run(arguments + ["--format", "json"]).output
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
        #expect(rows.count == 25 * 4)
        #expect(rows[0]["largest_batch"] is Int && rows[0]["reason"] is NSNull)
        let last = try #require(rows.last)
        #expect(last["model"] as? String == "qwen3-32b" && last["largest_batch"] is NSNull)
        #expect(last["reason"] is String)
    }
}
