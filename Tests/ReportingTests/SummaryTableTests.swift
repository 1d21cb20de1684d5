import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct SummaryTableTests {
    @Test func headerHasUnitsLast() {
        #expect(
            CSV.header(Column.summary) == """
                id,batch,input_tokens,output_tokens,status,reason,perf_mode,repetitions,\
                response_time_mean_s,response_time_median_s,response_time_min_s,\
                response_time_max_s,response_time_sd_s,response_time_p90_s,response_time_p95_s,\
                response_time_p99_s,response_time_ci95_low_s,response_time_ci95_high_s,\
                response_time_n,response_time_outliers,ttft_mean_ms,ttft_median_ms,ttft_min_ms,\
                ttft_max_ms,ttft_sd_ms,ttft_p90_ms,ttft_p95_ms,ttft_p99_ms,ttft_ci95_low_ms,\
                ttft_ci95_high_ms,ttft_n,prefill_mean_ms,prefill_median_ms,prefill_min_ms,\
                prefill_max_ms,prefill_sd_ms,prefill_p90_ms,prefill_p95_ms,prefill_p99_ms,\
                prefill_n,forward_first_ms,forward_next_ms,pre_next_ms,post_next_ms,\
                tpot_mean_ms,tpot_median_ms,tpot_min_ms,tpot_max_ms,tpot_sd_ms,tpot_p90_ms,\
                tpot_p95_ms,tpot_p99_ms,tpot_ci95_low_ms,tpot_ci95_high_ms,tpot_n,itl_mean_ms,\
                itl_median_ms,itl_min_ms,itl_max_ms,itl_sd_ms,itl_p90_ms,itl_p95_ms,itl_p99_ms,\
                itl_n,itl_p999_ms,itl_outliers,itl_slope_ms_per_1000_tokens,\
                prefill_tokens_per_s,decode_tokens_per_s,e2e_tokens_per_s,\
                e2e_of_repetitions_mean_tokens_per_s,e2e_of_repetitions_median_tokens_per_s,\
                e2e_of_repetitions_min_tokens_per_s,e2e_of_repetitions_max_tokens_per_s,\
                e2e_of_repetitions_sd_tokens_per_s,e2e_of_repetitions_p90_tokens_per_s,\
                e2e_of_repetitions_p95_tokens_per_s,e2e_of_repetitions_p99_tokens_per_s,\
                e2e_of_repetitions_ci95_low_tokens_per_s,\
                e2e_of_repetitions_ci95_high_tokens_per_s,e2e_of_repetitions_n,prefill_mbu,\
                prefill_mfu,decode_mbu,decode_mfu,roof_read_gb_per_s,roof_compute_gflop_per_s,\
                memory_weights_bytes,memory_kv_cache_bytes,memory_scratch_bytes,\
                memory_peak_bytes,memory_nodes_bytes,energy_j,energy_j_per_token,page_faults_minor,\
                page_faults_major,involuntary_switches,migrations,run_delay_ms,steal_ms,drift,verdict,output_hash,\
                setting_ranks,setting_threads,setting_cpus,setting_numa,setting_isa,\
                setting_kv_cache,\
                requests,requests_broken,requests_per_s,total_tokens_per_s,\
                concurrency_mean,littles_law_ratio,tokens_per_event,lateness_p50_ms,\
                lateness_p90_ms,lateness_p99_ms,request_ttft_p50_ms,request_ttft_p90_ms,\
                request_ttft_p99_ms,request_ttft_from_sending_p50_ms,\
                request_ttft_from_sending_p90_ms,request_ttft_from_sending_p99_ms,\
                request_tpot_p50_ms,request_tpot_p90_ms,request_tpot_p99_ms,\
                request_e2e_p50_ms,request_e2e_p90_ms,request_e2e_p99_ms,\
                request_normalized_latency_p50_ms,request_normalized_latency_p90_ms,\
                request_normalized_latency_p99_ms

                """)
    }

    /// Response 75.438963 ms, first token after 41.638963 ms, gaps 16.35 and 16.45 ms.
    @Test func rowHoldsUnroundedTimes() throws {
        let row = try #require(try ScriptedSweep().rows().first)
        let fields = Dictionary(
            uniqueKeysWithValues: Column.summary.map { ($0.header, $0.value(row)) })
        #expect(fields["id"] == .text("b1-i4-o3"))
        #expect(fields["response_time_mean_s"] == .decimal(0.075438963))
        #expect(fields["response_time_sd_s"] == .missing)
        #expect(fields["ttft_mean_ms"] == .decimal(41.638963))
        #expect(fields["prefill_mean_ms"] == .decimal(35.638963))
        #expect(fields["forward_next_ms"] == .decimal(15.65))
        #expect(fields["tpot_mean_ms"] == .decimal(16.4))
        #expect(fields["itl_max_ms"] == .decimal(16.45))
        #expect(fields["itl_p99_ms"] == .missing)
        #expect(fields["e2e_tokens_per_s"] == .decimal(3 / 0.075438963))
        #expect(fields["itl_n"] == .integer(2))
        #expect(abs((row.summary?.gapSlope ?? 0) - 0.1) < 1e-9)
        #expect(fields["ttft_ci95_low_ms"] == .missing)
        #expect(
            fields["reason"]
                == .text("unstable: 1 of the 6 repetitions that an interval needs"))
    }

    /// The prompt's forward pass takes 35.638963 ms, the two steps after it 32.8 ms.
    @Test func sharesOfTheRoofAreMediansOverTheRepetitions() throws {
        var sweep = ScriptedSweep()
        sweep.grid.repetitions = 3
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 35_638_963, operations: 71_277_926),
            decode: Cost(bytes: 16_400_000, operations: 3_280_000))
        // Each repetition lies between two of them: 2, 3 and 4 GB/s, all at 4 GFLOP/s.
        sweep.roofs = [1e9, 3e9, 3e9, 5e9].map {
            Roof(readBytesPerSecond: $0, operationsPerSecond: 4e9)
        }
        let row = try #require(try sweep.rows().first)
        #expect(abs((row.prefillUtilization?.mbu ?? 0) - 1 / 3) < 1e-12)
        #expect(abs((row.prefillUtilization?.mfu ?? 0) - 0.5) < 1e-12)
        #expect(abs((row.decodeUtilization?.mbu ?? 0) - 0.5 / 3) < 1e-12)
        #expect(abs((row.decodeUtilization?.mfu ?? 0) - 0.025) < 1e-12)
        #expect(row.roof == Roof(readBytesPerSecond: 3e9, operationsPerSecond: 4e9))
        #expect(row.verdict == .unstable)
    }

    @Test func aRowOverTheRoofIsInvalidAndSaysSo() throws {
        var sweep = ScriptedSweep()
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 0, operations: 36_708_132), decode: nil)
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 1e9), count: 2)
        let row = try #require(try sweep.rows().first)
        #expect(row.verdict == .invalid)
        #expect(
            row.reason
                == "invalid: prefill_mfu is 103 % of the roof measured beside it; "
                + "unstable: 1 of the 6 repetitions that an interval needs")
    }

    @Test func withoutARoofThereAreNoShares() throws {
        let row = try #require(try ScriptedSweep().rows().first)
        #expect(row.prefillUtilization == nil)
        #expect(row.roof == nil)
        #expect(row.verdict == .unstable)
    }

    @Test func failedCellHasStatusAndQuotedReason() throws {
        let row = try #require(try ScriptedSweep().rows().last)
        #expect(
            CSV.line(Column.summary, row)
                .hasPrefix("b2-i8-o1,2,8,1,failed,\"out of pages, \"\"all\"\" of them\",detail,0,,")
        )
        // Nothing was measured: counts are 0, and all else is empty.
        for column in Column.summary.dropFirst(7) {
            let expected: Value = column.header.hasSuffix("_n") ? .integer(0) : .missing
            #expect(column.header == "repetitions" || column.value(row) == expected)
        }
    }

    @Test func singleTokenSaysWhyFieldsAreEmpty() throws {
        let row = try ScriptedSweep().rows()[1]
        #expect(
            row.reason == "one output token: no next-token times; "
                + "unstable: 1 of the 6 repetitions that an interval needs")
    }

    @Test func missingRepetitionsAreSaid() throws {
        var sweep = ScriptedSweep()
        sweep.grid.repetitions = 3
        let sink = RecordingSink()
        try sweep.run(into: sink, isCancelled: { sink.repetitions.count == 2 })
        #expect(
            Row(sink.results[0], in: sweep.grid).reason == "2 of 3 repetitions; "
                + "unstable: 2 of the 6 repetitions that an interval needs")
    }

    @Test func hashIsOfTheFirstRepetition() throws {
        var sweep = ScriptedSweep()
        let single = try sweep.rows()[0].outputHash
        sweep.grid.repetitions = 3
        #expect(try sweep.rows()[0].outputHash == single)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\r\nb", "\"a\r\nb\""),
        ("", ""),
    ])
    func fieldsAreQuotedOnlyIfTheyMustBe(field: String, text: String) {
        #expect(CSV.line([Column<String>("x") { .text($0) }], field) == text + "\n")
    }

    @Test(arguments: [
        (Value.integer(-3), "-3"), (.decimal(45), "45.0"), (.decimal(0.1), "0.1"),
        (.decimal(35.63896179199219), "35.63896179199219"), (.missing, ""),
    ])
    func numbersAreShortestAndWithoutALocale(value: Value, text: String) {
        #expect(value.text == text)
    }
}
