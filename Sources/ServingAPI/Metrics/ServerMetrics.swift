/// What a server tells of itself at `/metrics`.
///
/// Its names and meanings are vLLM's where that has one, so that what reads vLLM's reads this.
package struct ServerMetrics: Sendable {
    // As they stand.
    package var running = 0
    package var waiting = 0
    /// 0 to 1.
    package var cacheUsage = 0.0

    // Since the start.
    package var promptTokens = 0
    package var generationTokens = 0
    /// Tokens of prompts that were looked for in the prefix cache, and that were found.
    package var cacheQueries = 0
    package var cacheHits = 0
    private var finished: [AnswerEnd: Int] = [:]

    // In seconds.
    package var timeToFirstToken = Histogram(edges: MetricsEdges.firstToken)
    package var interTokenLatency = Histogram(edges: MetricsEdges.betweenTokens)
    /// Of a request: its decode time over its tokens after the first.
    package var timePerOutputToken = Histogram(edges: MetricsEdges.betweenTokens)
    package var wholeTime = Histogram(edges: MetricsEdges.request)
    package var queueTime = Histogram(edges: MetricsEdges.request)
    package var prefillTime = Histogram(edges: MetricsEdges.request)
    package var decodeTime = Histogram(edges: MetricsEdges.request)
    package var decodeStep = Histogram(edges: MetricsEdges.betweenTokens)
    package var prefillStep = Histogram(edges: MetricsEdges.betweenTokens)
    /// What the event loop was late by.
    package var loopDelay = Histogram(edges: MetricsEdges.delay)

    // In tokens.
    package var stepTokens = Histogram(edges: MetricsEdges.tokens)
    package var stepRows = Histogram(edges: MetricsEdges.tokens)

    package init() {}

    /// Counts an answer that ended.
    package mutating func finish(_ reason: AnswerEnd) {
        finished[reason, default: 0] += 1
    }

    /// What `/metrics` answers with.
    package static let contentType = MetricsText.contentType

    /// - Parameter model: the name of the model that is served.
    package func text(model: String) -> [UInt8] {
        var text = MetricsText(labels: [("model_name", model), ("engine", "0")])
        text.gauge("vllm:num_requests_running", "Requests that are computed.", Double(running))
        text.gauge("vllm:num_requests_waiting", "Requests that wait to be.", Double(waiting))
        text.gauge("vllm:kv_cache_usage_perc", "KV cache in use; 1 is all of it.", cacheUsage)
        text.counter(
            "vllm:prefix_cache_queries_total", "Tokens looked for in the prefix cache.",
            Double(cacheQueries))
        text.counter(
            "vllm:prefix_cache_hits_total", "Tokens found in the prefix cache.", Double(cacheHits))
        text.counter(
            "vllm:num_preemptions_total", "Requests thrown out for others; never done here.", 0)
        text.counter(
            "vllm:prompt_tokens_total", "Tokens of prompts computed.", Double(promptTokens))
        text.counter(
            "vllm:generation_tokens_total", "Tokens chosen.", Double(generationTokens))
        text.counters(
            "vllm:request_success_total", "Answers that ended.", label: "finished_reason",
            AnswerEnd.allCases.map { ($0.rawValue, finished[$0] ?? 0) })
        for (name, help, histogram) in histograms { text.histogram(name, help, histogram) }
        text.histograms(
            "tokenmark:step_seconds", "Time of a pass over the model.", label: "kind",
            [("decode", decodeStep), ("prefill", prefillStep)])
        return text.bytes
    }

    private var histograms: [(String, String, Histogram)] {
        [
            ("vllm:iteration_tokens_total", "Tokens of a step.", stepTokens),
            (
                "vllm:time_to_first_token_seconds", "From arrival to the first token.",
                timeToFirstToken
            ),
            ("vllm:inter_token_latency_seconds", "Between two tokens.", interTokenLatency),
            (
                "vllm:request_time_per_output_token_seconds",
                "Of a request, between two tokens in the mean.", timePerOutputToken
            ),
            ("vllm:e2e_request_latency_seconds", "From arrival to the last token.", wholeTime),
            ("vllm:request_queue_time_seconds", "From arrival to admission.", queueTime),
            (
                "vllm:request_prefill_time_seconds", "From admission to the first token.",
                prefillTime
            ),
            ("vllm:request_decode_time_seconds", "From the first token to the last.", decodeTime),
            ("tokenmark:step_rows", "Sequences in a decode pass.", stepRows),
            ("tokenmark:event_loop_delay_seconds", "What the event loop was late by.", loopDelay),
        ]
    }
}

/// Where histograms count: vLLM's edges, so that boards made for it can be read, and finer ones below them.
enum MetricsEdges {
    static let firstToken =
        [0.0005] + [0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75]
        + [1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560]
    static let betweenTokens =
        [0.0005, 0.001, 0.0025, 0.005, 0.0075] + [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3]
        + [0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80]
    static let request =
        [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2] + [0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15]
        + [20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680]
    static let tokens: [Double] = [
        1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384,
    ]
    static let delay = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1]
}
