import Testing

@testable import ServingAPI

@Suite struct MetricsTests {
    private func text(_ metrics: ServerMetrics) -> [Substring] {
        String(decoding: metrics.text(model: "a\"b\\c\n"), as: UTF8.self).split(separator: "\n")
    }

    private static let labels = #"model_name="a\"b\\c\n",engine="0""#

    @Test func namesAndLabelsAreVLLMs() {
        var metrics = ServerMetrics()
        metrics.running = 3
        metrics.cacheUsage = 0.25
        metrics.promptTokens = 1_000_000
        metrics.finish(.stop)
        metrics.finish(.stop)
        metrics.finish(.abort)
        let lines = text(metrics)
        #expect(
            lines.starts(with: [
                "# HELP vllm:num_requests_running Requests that are computed.",
                "# TYPE vllm:num_requests_running gauge",
                "vllm:num_requests_running{\(Self.labels)} 3.0",
            ]))
        for line in [
            "vllm:num_requests_waiting{\(Self.labels)} 0.0",
            "vllm:kv_cache_usage_perc{\(Self.labels)} 0.25",
            "vllm:prompt_tokens_total{\(Self.labels)} 1000000.0",
            "# TYPE vllm:request_success_total counter",
            "vllm:request_success_total{\(Self.labels),finished_reason=\"stop\"} 2.0",
            "vllm:request_success_total{\(Self.labels),finished_reason=\"length\"} 0.0",
            "vllm:request_success_total{\(Self.labels),finished_reason=\"abort\"} 1.0",
            "# TYPE vllm:time_to_first_token_seconds histogram",
            "tokenmark:step_seconds_count{\(Self.labels),kind=\"prefill\"} 0.0",
        ] {
            #expect(lines.contains(Substring(line)), "\(line)")
        }
    }

    @Test func everySeriesHasAHelpAndATypeOnce() {
        let lines = text(ServerMetrics())
        let helps = lines.filter { $0.hasPrefix("# HELP ") }.map { $0.split(separator: " ")[2] }
        let types = lines.filter { $0.hasPrefix("# TYPE ") }.map { $0.split(separator: " ")[2] }
        #expect(helps == types && Set(helps).count == helps.count)
        for line in lines where !line.hasPrefix("#") {
            let name = line.prefix { $0 != "{" }
            let known = types.contains {
                name == $0
                    || ["_bucket", "_sum", "_count"].contains(name.dropFirst($0.count))
                        && name.hasPrefix($0)
            }
            #expect(known, "\(line)")
        }
    }

    @Test func bucketsAddUp() {
        var metrics = ServerMetrics()
        // On an edge is within it.
        metrics.stepTokens.observe(2)
        metrics.stepTokens.observe(2.5)
        metrics.stepTokens.observe(20_000, times: 2)
        let name = "vllm:iteration_tokens_total"
        let buckets = text(metrics).filter { $0.hasPrefix(name) }.map {
            $0.dropFirst(name.count).replacing(Self.labels, with: "")
        }
        #expect(
            buckets.prefix(4) == [
                #"_bucket{,le="1.0"} 0.0"#, #"_bucket{,le="2.0"} 1.0"#, #"_bucket{,le="4.0"} 2.0"#,
                #"_bucket{,le="8.0"} 2.0"#,
            ])
        #expect(
            buckets.suffix(4) == [
                #"_bucket{,le="16384.0"} 2.0"#, #"_bucket{,le="+Inf"} 4.0"#, "_sum{} 40004.5",
                "_count{} 4.0",
            ])
    }

    @Test(arguments: [
        MetricsEdges.firstToken, MetricsEdges.betweenTokens, MetricsEdges.request,
        MetricsEdges.tokens,
        MetricsEdges.delay,
    ])
    func edgesAscend(_ edges: [Double]) {
        #expect(zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 })
    }

    /// Boards made for vLLM ask for these.
    @Test func vLLMsEdgesAreAmongThem() {
        for edge in [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 80] {
            #expect(MetricsEdges.betweenTokens.contains(edge))
        }
        for edge in [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 640, 2560] {
            #expect(MetricsEdges.firstToken.contains(edge))
        }
        for edge in [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 1920, 7680] {
            #expect(MetricsEdges.request.contains(edge))
        }
    }
}
