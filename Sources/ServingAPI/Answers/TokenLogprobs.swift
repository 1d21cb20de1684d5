internal import JSON

/// How probable a token was, and which others were more so, in logarithms to base e.
package struct TokenLogprobs: Equatable, Sendable {
    /// Its bytes, which need not be whole characters.
    package var token: [UInt8]
    /// nil for the first of a prompt, which nothing comes before.
    package var value: Float?
    /// The most probable ones, in order.
    package var top: [Alternative]

    package struct Alternative: Equatable, Sendable {
        package var token: [UInt8]
        package var value: Float

        package init(token: [UInt8], value: Float) {
            self.token = token
            self.value = value
        }
    }

    package init(token: [UInt8], value: Float?, top: [Alternative] = []) {
        self.token = token
        self.value = value
        self.top = top
    }
}

extension [UInt8] {
    /// Adds the value of `logprobs` as completions have it.
    ///
    /// - Parameter offset: characters of the text before these tokens.
    mutating func append(completion logprobs: [TokenLogprobs], offset: Int) {
        self += "{\"tokens\":[".utf8
        append(list: logprobs) { $0.append(text: $1.token) }
        self += "],\"token_logprobs\":[".utf8
        append(list: logprobs) { bytes, one in
            if let value = one.value { bytes.append(logprob: value) } else { bytes += "null".utf8 }
        }
        self += "],\"top_logprobs\":[".utf8
        append(list: logprobs) { bytes, one in
            if one.value == nil { bytes += "null".utf8 } else { bytes.append(byText: one) }
        }
        self += "],\"text_offset\":[".utf8
        var offset = offset
        append(list: logprobs) { bytes, one in
            bytes += "\(offset)".utf8
            offset += String(decoding: one.token, as: UTF8.self).unicodeScalars.count
        }
        self += "]}".utf8
    }

    /// Adds the value of `logprobs` as chats have it.
    mutating func append(chat logprobs: [TokenLogprobs]) {
        self += "{\"content\":[".utf8
        append(list: logprobs) { bytes, one in
            bytes += "{".utf8
            bytes.append(chatToken: one.token, one.value ?? 0)
            bytes += ",\"top_logprobs\":[".utf8
            bytes.append(list: one.top) {
                $0 += "{".utf8
                $0.append(chatToken: $1.token, $1.value)
                $0 += "}".utf8
            }
            bytes += "]}".utf8
        }
        self += "]}".utf8
    }

    private mutating func append(chatToken token: [UInt8], _ value: Float) {
        self += "\"token\":".utf8
        append(text: token)
        self += ",\"logprob\":".utf8
        append(logprob: value)
        self += ",\"bytes\":".utf8
        append(token.lazy.map { Int($0) })
    }

    /// The most probable tokens and the token itself, by their texts, of which the first counts where
    /// two are the same.
    private mutating func append(byText one: TokenLogprobs) {
        var texts: Set<[UInt8]> = []
        self += "{".utf8
        let own = TokenLogprobs.Alternative(token: one.token, value: one.value ?? 0)
        for alternative in [own] + one.top {
            let text = Array(String(decoding: alternative.token, as: UTF8.self).utf8)
            guard texts.insert(text).inserted else { continue }
            if texts.count > 1 { self += ",".utf8 }
            append(text: text)
            self += ":".utf8
            append(logprob: alternative.value)
        }
        self += "}".utf8
    }

    private mutating func append(text bytes: [UInt8]) {
        append(json: String(decoding: bytes, as: UTF8.self))
    }

    /// JSON has no infinity; what is impossible is -9999, as with vLLM.
    private mutating func append(logprob value: Float) {
        self += value.isFinite ? "\(value)".utf8 : "-9999.0".utf8
    }

    mutating func append<Item>(list items: [Item], _ append: (inout [UInt8], Item) -> Void) {
        for (index, item) in items.enumerated() {
            if index > 0 { self.append(UInt8(ascii: ",")) }
            append(&self, item)
        }
    }
}
