internal import Basics
internal import JSON
internal import Qwen
internal import Serving
internal import ServingAPI
internal import Wire

/// What a server does on its loop: requests in, the engine's events out.
final class Service: RequestHandler {
    let settings: ModelServer.Settings
    let words: ServedWords
    var metrics = ServerMetrics()
    var load: ServingLoad?

    private let loop: Loop
    /// For bodies that would keep the loop from everybody else.
    private let reader: Loop
    private var engine: ServingEngine?
    private let log: @Sendable (String) -> Void
    /// Who gets the events of a request of the engine.
    private var places: [RequestID: Place] = [:]
    private var touched: [Exchange] = []
    private var isReversed = false
    private var number: UInt64 = 0
    private var namedFields: Set<String> = []
    private var lastReport: UInt64 = 0

    /// Which prompt of an exchange a request of the engine is.
    private struct Place {
        let exchange: Exchange
        let prompt: Int
        /// Answers that the engine has not ended.
        var open: Int
    }

    /// A body up to this size is read on the loop: about a millisecond.
    private static let mostBytesOnLoop = 16 << 10
    /// The engine is taken for stuck when it has work and says nothing for so long, in nanoseconds.
    private static let longestSilence: UInt64 = 120_000_000_000

    init(
        _ settings: ModelServer.Settings, _ words: ServedWords, on loop: Loop, reader: Loop,
        log: @escaping @Sendable (String) -> Void
    ) {
        self.settings = settings
        self.words = words
        self.loop = loop
        self.reader = reader
        self.log = log
    }

    /// Gives it the engine whose reports it gets.
    func serve(_ engine: ServingEngine) { self.engine = engine }

    // MARK: Requests

    func begin(_ request: Request, _ response: Response) {
        do throws(APIError) {
            let endpoint = try Endpoint(method: request.method, path: request.path)
            if endpoint.needsKey, let key = settings.key,
                !key.admits(request.header("authorization"))
            {
                throw .unauthorised
            }
            guard endpoint.takesBody else {
                return response.send(try answer(to: endpoint))
            }
            let type = request.header("content-type")
            guard type?.lowercased().hasPrefix("application/json") == true else {
                throw .notJSON(contentType: type)
            }
            read(request, for: endpoint, response)
        } catch {
            response.send(Answer(error))
        }
    }

    func answer(to refusal: Refusal) -> Answer {
        Answer(APIError.refused(status: refusal.status, refusal.description))
    }

    private func answer(to endpoint: Endpoint) throws(APIError) -> Answer {
        switch endpoint {
        case .models: return Answer(json: settings.model.list)
        case .model(let name):
            try settings.model.check(name)
            return Answer(json: settings.model.json)
        case .health:
            let isStuck = !places.isEmpty && Clock.now() - lastReport > Self.longestSilence
            guard engine != nil, !isStuck else { throw .unavailable("no token can be made now") }
            return Answer(status: 200)
        case .metrics:
            metrics.running = load?.running ?? 0
            metrics.waiting = load?.waiting ?? 0
            metrics.cacheUsage =
                load.map { 1 - Double($0.freeBlocks) / Double(max(1, $0.blocks)) } ?? 0
            return Answer(
                status: 200, contentType: ServerMetrics.contentType,
                body: metrics.text(model: settings.model.name))
        case .version: return Answer(json: SmallAnswer.version(settings.version))
        case .completions, .chatCompletions, .questions, .tokenize, .detokenize:
            throw .failed("a body belongs to this path")
        }
    }

    private func read(_ request: Request, for endpoint: Endpoint, _ response: Response) {
        let (body, path, words) = (request.body, request.path, words)
        guard body.count > Self.mostBytesOnLoop else {
            let reading = Result { () throws(APIError) in try Reading(body, for: endpoint, words) }
            return take(reading, path, response)
        }
        let (here, there) = (OnLoop(self, loop), OnLoop(response, loop))
        reader.execute { [loop] in
            let reading = Result { () throws(APIError) in try Reading(body, for: endpoint, words) }
            loop.execute { here.value.take(reading, path, there.value) }
        }
    }

    private func take(
        _ result: Result<Reading, APIError>, _ path: String, _ response: Response
    ) {
        guard !response.isOver else { return }
        do throws(APIError) {
            let reading = try result.get()
            name(reading.ignoredFields, path)
            switch reading.request {
            case .completion(let request):
                try submit(Order(request, reading.prompts, settings), path, response)
            case .chat(let request):
                try submit(Order(request, reading.prompts, settings), path, response)
            case .question(let request):
                try submit(Order(request, reading.prompts, settings), path, response)
            case .tokenize(let request):
                try settings.model.check(request.model)
                response.send(Answer(json: tokens(reading.prompts[0], request)))
            case .detokenize(let request):
                try settings.model.check(request.model)
                let text = try words.text(of: request.tokens, param: "tokens")
                response.send(Answer(json: SmallAnswer.text(text)))
            }
        } catch {
            response.send(Answer(error))
        }
    }

    private func tokens(_ tokens: [Int32], _ request: TokenizeRequest) -> JSON {
        let texts = tokens.map { String(decoding: words.bytes(of: $0), as: UTF8.self) }
        return SmallAnswer.tokens(
            tokens.map { Int($0) }, texts: request.returnsTexts ? texts : nil,
            context: settings.model.context)
    }

    /// Names fields that are ignored, each once.
    private func name(_ fields: [String], _ path: String) {
        for field in fields where namedFields.count < 1000 && namedFields.insert(field).inserted {
            log("\(path): '\(field)' is not known here and is ignored")
        }
    }

    // MARK: The engine

    private func submit(_ order: Order, _ path: String, _ response: Response) throws(APIError) {
        guard let engine else { throw .unavailable("the server is not ready yet", retryAfter: 1) }
        number += 1
        let requests = try order.requests(seed: settings.seed &+ number)
        let exchange = order.exchange(
            response, words, arrived: Clock.now(), number: number, created: settings.unixTime(),
            model: settings.model.name, path: path)
        do throws(ServingError) {
            for request in requests { exchange.ids.append(try engine.submit(request)) }
        } catch {
            for id in exchange.ids { engine.cancel(id) }
            throw APIError(error)
        }
        for (prompt, id) in exchange.ids.enumerated() {
            places[id] = Place(exchange: exchange, prompt: prompt, open: order.answersPerPrompt)
        }
        lastReport = max(lastReport, Clock.now())
        response.whenAbandoned = { [ids = exchange.ids] _ in
            for id in ids { engine.cancel(id) }
        }
        if order.isStream { response.openEvents() }
    }

    /// Passes on what the engine reports.
    func deliver(_ report: StepReport) {
        load = report.load
        lastReport = Clock.now()
        note(report.load)
        for event in report.events {
            guard let place = places[event.request] else { continue }
            deliver(event, place, report)
        }
        // In turns from either end, so that it is not always the same one that waits for the others.
        isReversed.toggle()
        if isReversed { touched.reverse() }
        for exchange in touched {
            exchange.flush()
            exchange.isTouched = false
        }
        touched.removeAll(keepingCapacity: true)
    }

    private func deliver(_ event: StepEvent, _ place: Place, _ report: StepReport) {
        let exchange = place.exchange
        if !exchange.isTouched {
            exchange.isTouched = true
            touched.append(exchange)
        }
        let gap = exchange.take(event, prompt: place.prompt, report)
        for (prompt, answer) in exchange.takeEnded() {
            engine?.cancel(exchange.ids[prompt], answer: answer)
        }
        switch event.what {
        case .admitted(let cachedTokens):
            metrics.cacheQueries += exchange.prompts[place.prompt].tokens.count
            metrics.cacheHits += cachedTokens
        case .token:
            metrics.generationTokens += 1
            if let gap { metrics.interTokenLatency.observe(Double(gap) / 1e9) }
        case .scored: break
        case .ended: end(event.request, exchange, place.prompt, event.answer)
        }
    }

    private func end(_ id: RequestID, _ exchange: Exchange, _ prompt: Int, _ answer: Int) {
        metrics.finish(exchange.finish(prompt: prompt, answer: answer))
        places[id]?.open -= 1
        guard places[id]?.open == 0 else { return }
        places[id] = nil
        let times = exchange.prompts[prompt].times
        metrics.note(times, promptTokens: exchange.prompts[prompt].tokens.count)
        log(RequestLine(exchange.path, times).text)
    }

    private func note(_ load: ServingLoad) {
        let seconds = Double(load.nanoseconds) / 1e9
        if load.decodeRows > 0 {
            metrics.decodeStep.observe(seconds)
            metrics.stepRows.observe(Double(load.decodeRows))
        }
        if load.promptRows > 0 { metrics.prefillStep.observe(seconds) }
        let tokens = load.decodeRows + load.promptRows
        if tokens > 0 { metrics.stepTokens.observe(Double(tokens)) }
    }
}
